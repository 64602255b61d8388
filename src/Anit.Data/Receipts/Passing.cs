using Anit.Data.Parquet;
using Anit.Data.Parquet.Write;

namespace Anit.Data.Receipts;

/// <summary>What a stage that only adds columns need not do again: decode, digest and encode the columns it leaves as they are.</summary>
/// <remarks>Each of three is saved where it can be. Chunks go over as they are from a Parquet file that would be written alike
/// (<see cref="PassedColumns"/>). The digest of a column is that of the input, from the file's footer or as the input is digested in passing. And
/// what is neither digested nor encoded nor looked at is not read.</remarks>
sealed class Passing
{
    readonly HashSet<string> digested = []; // elsewhere
    readonly Func<string, byte[]>? known;

    Passing(PassedColumns? columns, IEnumerable<string> digested, Func<string, byte[]>? known) =>
        (Columns, this.digested, this.known) = (columns, [.. digested], known);

    /// <summary>The columns whose chunks are taken over; null where there are none.</summary>
    public PassedColumns? Columns { get; }

    /// <summary>Finds what can be saved, and lets the input read no more than it must.</summary>
    public static Passing Of(StageInput input, Schema output, IReadOnlyList<string> looksAt, IReadOnlyList<string> adds, StageFiles files)
    {
        var stay = output.Fields.Select(field => field.Name).Except(adds).Where(input.Schema.Has).ToList();
        var parquet = input.Table is ParquetReader { IsWhole: true } reader ? reader : null;
        var columns = parquet is not null && files is { OutputStream: null, Output: { } path } && Table.TryFormatOf(path, out var format)
            && format == TableFormat.Parquet ? PassedColumns.Find(parquet, output, adds, files.Write) : null;
        if (input.DigestsInPassing) return new(columns, stay, input.ColumnDigest);
        if (parquet is null) return new(columns, [], null);

        var digests = ColumnDigests.Read(parquet.Meta.KeyValues.GetValueOrDefault(ColumnDigests.Key),
            [.. input.Schema.Fields.Select(field => field.Name)], parquet.Meta.Rows, input.Digest);
        if (digests is null) return new(columns, [], null);
        if (columns is not null) input.Narrow(parquet.Narrowed([.. looksAt.Distinct()]));
        return new(columns, stay, name => digests[name]);
    }

    /// <summary>The digest of the output's rows, none yet.</summary>
    public RowDigest Digest(Schema output) => new(output, digested, known);
}
