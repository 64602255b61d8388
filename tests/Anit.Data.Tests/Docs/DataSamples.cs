namespace Anit.Data.Tests.Docs;

/// <summary>The samples of docs/data.md and of the README; <see cref="DataSamplesTests"/> holds them equal to the pages.</summary>
static class DataSamples
{
    #region record
    public sealed record Sample(string Id, string Task, string Instruction, int? Distance, string[]? Options = null);
    #endregion

    public static async Task Read(string path, TextWriter output)
    {
        #region read
        await using var reader = await Table.OpenAsync(path);
        foreach (var field in reader.Schema.Fields) output.WriteLine($"{field.Name}: {field.Type}");
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            var (text, distance) = ((Utf8Column)batch["instruction"], (FixedColumn<int>)batch["distance"]);
            for (var row = 0; row < batch.Rows; row++)
            {
                ReadOnlySpan<byte> utf8 = text.Bytes(row); // no string is made until one is asked for
                if (utf8.StartsWith("Find"u8) && !distance.IsNull(row)) output.WriteLine($"{text.GetString(row)} {distance[row]}");
            }
        }
        #endregion
    }

    public static async Task ReadStream(Stream stream, TextWriter output)
    {
        #region stream
        await using var reader = await Table.OpenAsync(stream, new ReadOptions { Columns = ["task", "distance"], Name = "standard input" });
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++)
                output.WriteLine($"{batch["task"].Text(row)} {batch["distance"].Integer(row)}");
        #endregion
    }

    public static async Task ReadSeveral(string folder, TextWriter output)
    {
        #region several
        string[] paths = [folder + "/old.parquet", folder + "/shards/*.parquet", folder + "/more"];
        await using var reader = await Table.OpenAsync(paths, new ReadOptions { UniqueColumn = "id" });
        await foreach (var batch in reader.ReadBatchesAsync()) output.WriteLine(batch.Rows);
        #endregion
    }

    public static async Task Choose(string path, TextWriter output)
    {
        #region choose
        var filter = RowFilter.Parse("task in ('ner', 're') and (beta > 0.2 or noisy_instruction is null)");
        await using var reader = await Table.OpenAsync(path, new ReadOptions { Where = filter, Columns = ["id", "task"] });
        await foreach (var batch in reader.SortAsync(SortKey.Parse("task, id desc")))
            for (var row = 0; row < batch.Rows; row++) output.WriteLine($"{batch["task"].Text(row)} {batch["id"].Text(row)}");
        #endregion
    }

    public static async Task ReadRange(string path, TextWriter output)
    {
        #region range
        var options = new ReadOptions { Ranges = [ColumnRange.Between("distance", 5, 9), ColumnRange.Equal("task", "ner")] };
        await using var reader = await Table.OpenAsync(path, options);
        var found = 0;
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++)
                if (batch["distance"].Integer(row) is >= 5 and <= 9 && batch["task"].Utf8(row).SequenceEqual("ner"u8)) found++;
        output.WriteLine(found);
        #endregion
    }

    public static async Task ReadRows(string path, TextWriter output)
    {
        #region rows
        var footer = await ParquetFooter.ReadAsync(path); // no value is read
        output.WriteLine($"{footer.Rows} rows in {footer.RowGroups.Count} row groups, {footer.Column("distance").Nulls} without a distance");
        output.WriteLine($"distances from {footer.Column("distance").Min} to {footer.Column("distance").Max}");

        await using var last = await Table.OpenAsync(path, new ReadOptions { RowGroups = [footer.RowGroups.Count - 1] });
        await using var few = await Table.OpenAsync(path, new ReadOptions { Rows = RowNumbers.Of([0, 2]) });
        await foreach (var batch in few.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++) output.WriteLine(batch["task"].Text(row));
        #endregion
    }

    public static async Task Append(string path, ColumnBatch batch)
    {
        #region append
        await using var writer = await Table.AppendAsync(path, [path]);
        await writer.WriteAsync(batch);
        await writer.FinishAsync();
        #endregion
    }

    public static async Task Bridge(string path, string copy, TextWriter output)
    {
        #region bridges
        using var rows = (await Table.OpenAsync(path)).AsDataReader(); // DbDataReader
        var table = new System.Data.DataTable();
        table.Load(rows);

        await using (var writer = Table.Create(copy, DataReaders.SchemaOf(table.CreateDataReader())))
        {
            await writer.WriteRowsAsync(table.CreateDataReader());
            await writer.FinishAsync();
        }

        var stream = ArrowC.NewStream(); // an ArrowArrayStream, for any library in this process
        ArrowC.Export(await Table.OpenAsync(copy), stream);
        await using var theirs = ArrowC.Import(stream); // or what they made
        await foreach (var batch in theirs.ReadBatchesAsync()) output.WriteLine($"{batch.Rows} rows of {batch.Schema}");
        ArrowC.FreeStream(stream);
        #endregion
    }

    public static async Task MapRecords(string path, TextWriter output)
    {
        #region records
        await using (var writer = Table.Create(path, Records.SchemaOf<Sample>()))
        {
            await writer.WriteRecordsAsync(
                [new Sample("1", "ner", "Find all names.", 3), new Sample("2", "tc", "Name the topic.", null, ["sport", "world"])]);
            await writer.FinishAsync();
        }
        await using var reader = await Table.OpenAsync(path);
        await foreach (var sample in reader.ReadRecordsAsync<Sample>())
            output.WriteLine($"{sample.Id} {sample.Instruction} {sample.Options?.Length}");
        #endregion
    }

    public static async Task Write(string path)
    {
        #region write
        var schema = new Schema(
            [new("id", DataType.Int64, Nullable: false), new("task", DataType.Dictionary), new("words", DataType.ListOf(DataType.Utf8))]);
        var (ids, tasks, words) = (new FixedBuilder<long>(DataType.Int64), new DictionaryBuilder(), new ListBuilder(DataType.Utf8));
        for (var i = 0; i < 3; i++)
        {
            ids.Append(i);
            tasks.Append(i < 2 ? "ner" : null);
            words.Append(["row", $"{i}"]);
        }
        var options = new WriteOptions { Compression = Compression.Zstd, Level = 3 };
        await using var writer = Table.Create(path, schema.WithMetadata("beta", "0.25"), options);
        await writer.WriteAsync(new ColumnBatch(schema, [ids.Build(), tasks.Build(), words.Build()]));
        await writer.FinishAsync(new Dictionary<string, string> { ["rows"] = "3" }); // metadata known only now
        #endregion
    }

    public static async Task Limit(string path, TextWriter output, CancellationToken stop)
    {
        #region limit
        var options = new ReadOptions { Limits = ReadLimits.Default with { CellBytes = 1 << 10 } };
        try
        {
            await using var reader = await Table.OpenAsync(path, options, stop);
            await foreach (var batch in reader.ReadBatchesAsync(stop)) output.WriteLine(batch.Rows);
        }
        catch (LimitExceededException e)
        {
            // notes.parquet: row group 0, column 'note', byte 4: the length of a cell is 2,000, the limit CellBytes allows 1,024; ...
            output.WriteLine(e.Message);
        }
        #endregion
    }

    public static async Task NameTypes(Stream stream, TextWriter output)
    {
        #region types
        var types = new Dictionary<string, DataType> { ["id"] = DataType.Utf8, ["who.income"] = new DecimalType(38, 2) };
        var options = new ReadOptions { Types = types };
        await using var reader = await Table.OpenAsync(stream, options);
        output.WriteLine(reader.Schema);
        #endregion
    }

    public static async Task Readme()
    {
        #region readme
        await using var reader = await Table.OpenAsync("train.parquet");
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++)
                Console.WriteLine(batch["instruction"].Text(row));
        #endregion
    }
}
