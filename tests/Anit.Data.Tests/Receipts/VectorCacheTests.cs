using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Data.Tests.Receipts;

public sealed class VectorCacheTests : IDisposable
{
    const string Model = "bert@0123456789abcdef,3d";
    readonly string folder = Directory.CreateTempSubdirectory("anit-vectors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static (string, ReadOnlyMemory<float>) Pair(int i) => ($"text {i}", Vector(i));

    static float[] Vector(int i) => [i, 0.5f * i, -1];

    string OnlyFile => Directory.GetFiles(folder, "*.vectors", SearchOption.AllDirectories).Single();

    [Fact]
    public void Vectors_are_found_by_text_in_this_process_and_the_next()
    {
        using (var cache = new VectorCache(folder, Model))
        {
            cache.Find("text 1").ShouldBeNull();
            cache.Add([Pair(1), Pair(2)]);
            cache.Add([Pair(3)]);
            cache.Find("text 1").ShouldBe(Vector(1));
        }
        using var later = new VectorCache(folder, Model);
        (later.Count, later.Dimensions).ShouldBe((3, 3));
        for (var i = 1; i <= 3; i++) later.Find($"text {i}").ShouldBe(Vector(i));
        later.Find("text 4").ShouldBeNull();
    }

    [Fact]
    public void Another_model_has_other_vectors()
    {
        using var one = new VectorCache(folder, Model);
        one.Add([Pair(1)]);
        using var other = new VectorCache(folder, "bert@fedcba9876543210,3d");
        other.Find("text 1").ShouldBeNull();
        other.Add([("text 1", new float[] { 9, 9 })]);
        one.Refresh();
        one.Find("text 1").ShouldBe(Vector(1));
    }

    [Fact]
    public void What_a_process_adds_another_finds_without_waiting_for_its_end()
    {
        using var one = new VectorCache(folder, Model);
        using var other = new VectorCache(folder, Model);
        for (var round = 0; round < 50; round++)
        {
            var (writer, reader) = round % 2 == 0 ? (one, other) : (other, one);
            writer.Add([Pair(2 * round), Pair(2 * round + 1)]);
            reader.Find($"text {2 * round}").ShouldBeNull();
            reader.Refresh();
            reader.Find($"text {2 * round}").ShouldBe(Vector(2 * round));
            reader.Count.ShouldBe(2 * round + 2);
        }
    }

    [Fact]
    public void Whatever_byte_a_kill_cut_it_at_a_file_gives_its_whole_records_and_takes_no_harm()
    {
        using (var cache = new VectorCache(folder, Model)) cache.Add([Pair(1), Pair(2), Pair(3)]);
        var (file, bytes) = (OnlyFile, File.ReadAllBytes(OnlyFile));
        const int Record = 32 + 3 * 4 + 4;
        var header = bytes.Length - 3 * Record;
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(file, bytes[..length]);
            using var cache = new VectorCache(folder, Model);
            cache.Count.ShouldBe(Math.Max(0, (length - header) / Record), $"{length} bytes");
            cache.Add([Pair(9)]); // beside it, in a file of its own
            cache.Find("text 9").ShouldBe(Vector(9));
            cache.Dispose();
            foreach (var own in Directory.GetFiles(Path.GetDirectoryName(file)!).Where(f => f != file)) File.Delete(own);
        }
    }

    [Fact]
    public void A_spoiled_byte_costs_the_record_it_stands_in()
    {
        using (var cache = new VectorCache(folder, Model)) cache.Add([Pair(1), Pair(2), Pair(3)]);
        var (file, bytes) = (OnlyFile, File.ReadAllBytes(OnlyFile));
        const int Record = 32 + 3 * 4 + 4;
        for (var at = bytes.Length - 3 * Record; at < bytes.Length; at++)
        {
            var spoiled = (byte[])bytes.Clone();
            spoiled[at] ^= 0x10;
            File.WriteAllBytes(file, spoiled);
            using var cache = new VectorCache(folder, Model);
            var lost = 3 - (bytes.Length - 1 - at) / Record;
            for (var i = 1; i <= 3; i++) cache.Find($"text {i}").ShouldBe(i == lost ? null : Vector(i), $"byte {at}, text {i}");
        }
    }

    [Fact]
    public void Without_a_folder_vectors_stay_in_a_file_that_nobody_sees()
    {
        using var cache = new VectorCache(null, Model);
        cache.Add([Pair(1)]);
        cache.Find("text 1").ShouldBe(Vector(1));
        cache.Refresh();
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_vector_of_another_length_is_refused()
    {
        using var cache = new VectorCache(folder, Model);
        cache.Add([Pair(1)]);
        Should.Throw<InvalidDataException>(() => cache.Add([("other", new float[4])])).Message.ShouldContain("4 numbers beside vectors of 3");
    }

    [Fact]
    public void Many_threads_find_and_add_what_one_would()
    {
        using var cache = new VectorCache(folder, Model);
        Parallel.For(0, 400, new() { MaxDegreeOfParallelism = 4 }, i =>
        {
            cache.Add([Pair(i)]);
            cache.Find($"text {i}").ShouldBe(Vector(i));
        });
        using var later = new VectorCache(folder, Model);
        for (var i = 0; i < 400; i++) later.Find($"text {i}").ShouldBe(Vector(i));
    }
}
