using System.Buffers.Binary;
using Anit.Data.Fuzz;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>What long runs of tests/Anit.Data.Fuzz found, made small.</summary>
public sealed class FuzzFindingTests
{
    [Fact]
    public async Task A_dictionary_entry_that_swallows_those_after_it_is_refused()
    {
        const int Entries = 20, EntryBytes = 8; // each a length of four bytes and four letters
        var schema = new Schema([new("t", DataType.Utf8)]);
        var texts = new Utf8Builder();
        for (var row = 0; row < 50 * Entries; row++) texts.Append($"v{row % Entries:D3}");
        var stream = new MemoryStream();
        await using (var writer = Table.Create(stream, TableFormat.Parquet, schema, new() { Compression = Compression.None }))
        {
            await writer.WriteAsync(new ColumnBatch(schema, [texts.Build()]));
            await writer.FinishAsync();
        }
        var file = stream.ToArray();
        var dictionary = file.AsSpan().IndexOf("\u0004\0\0\0v000\u0004\0\0\0v001"u8);
        dictionary.ShouldBeGreaterThan(0);

        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(dictionary), Entries * EntryBytes - 4);

        Probe.Fault(file).ShouldBeNull();
        await Should.ThrowAsync<DataFormatException>(ReadAsync(file));
    }

    static async Task ReadAsync(byte[] file)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(file), new() { VerifyChecksums = false });
        await foreach (var _ in reader.ReadBatchesAsync()) { }
    }
}
