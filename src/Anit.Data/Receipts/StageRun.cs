namespace Anit.Data.Receipts;

/// <summary>One run of a stage: decides whether there is anything to do, and sees that the output carries its receipt.</summary>
/// <remarks>An input's digest is taken from its last receipt; an input without one is digested, before the run when an
/// existing output, a cache or a stage behind makes it worth knowing, else in passing. On a pipe the digest comes last, so an unfinished
/// receipt in the stream's header stands for it: equal promises mean equal rows.</remarks>
public sealed class StageRun : IAsyncDisposable
{
    readonly Stage stage;
    readonly StageFiles files;
    readonly ResultCache? cache;
    readonly List<string> fileDigests = [];
    IReadOnlyList<Receipt> beside = [];
    StageInput? input;
    StageWriter? writer;

    StageRun(Stage stage, StageFiles files)
    {
        (this.stage, this.files) = (stage, files);
        var folder = files.Cache ?? Environment.GetEnvironmentVariable("ANIT_CACHE");
        cache = string.IsNullOrEmpty(folder) ? null : new ResultCache(folder);
    }

    /// <summary>True when nothing is left to do: the output was up to date or came from the cache.</summary>
    public bool Done { get; private set; }

    /// <summary>The input table. Its rows must be read through this reader.</summary>
    public ITableReader Input => input ?? throw new InvalidOperationException("this stage has no table as input");

    /// <summary>Opens the input and decides whether to run.</summary>
    public static async Task<StageRun> BeginAsync(Stage stage, StageFiles files, CancellationToken stop = default)
    {
        var run = new StageRun(stage, files);
        try
        {
            await run.DecideAsync(stop).ConfigureAwait(false);
            return run;
        }
        catch
        {
            await run.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins the output. Its metadata must derive from <see cref="Input"/>'s; the receipts are added here.</summary>
    /// <param name="schema">The output's columns and metadata.</param>
    /// <param name="looksAt">Given by a stage that writes all rows in their order and leaves every column as it is but those it
    /// <see cref="Stage.Adds"/>: the columns that it looks at. Where the input is a Parquet file of this library, the others are then never decoded,
    /// and their columns in the batches of <see cref="Input"/> have no values.</param>
    public ITableWriter Create(Schema schema, IReadOnlyList<string>? looksAt = null)
    {
        if (Done) throw new InvalidOperationException("the stage is done: there is nothing to write");
        if (writer is not null) throw new InvalidOperationException("the output was created already");
        var kept = Inputs() is { } inputs ? cache?.Begin(stage.Promise(inputs).Key) : null;
        var marked = Inputs() is { } known ? schema.WithMetadata(Chain.Key, Chain.Write([.. Earlier(), stage.Promise(known)])) : schema;
        var passing = looksAt is null || kept is not null || stage.Shard is not null || stage.Adds is not { } adds || input is null ? null
            : Passing.Of(input, marked, looksAt, adds, files);
        var digest = passing?.Digest(marked) ?? new RowDigest(marked);
        var write = files.Write with
        {
            Added = stage.Adds ?? [], Passed = passing?.Columns, ColumnDigests = () => ColumnDigests.Write(digest.Columns),
        };
        return writer = new StageWriter(Output(marked, write), marked, digest, kept, files.Write.Threads > 1, FinalChainAsync);
    }

    /// <summary>The receipts of a result that is written elsewhere: one of several files, say. All input rows are read by then.</summary>
    /// <param name="of">What decides this result.</param>
    /// <param name="rows">The digest of its rows.</param>
    /// <param name="count">Their number.</param>
    public async ValueTask<IReadOnlyList<Receipt>> ReceiptsAsync(Stage of, string rows, long count)
    {
        List<string> inputs = input is null ? fileDigests : [await input.FinalDigestAsync().ConfigureAwait(false), .. fileDigests];
        return [.. Earlier(), of.Promise(inputs) with { Rows = rows, Count = count }];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (writer is not null) await writer.DisposeAsync().ConfigureAwait(false);
        if (input is not null) await input.DisposeAsync().ConfigureAwait(false);
    }

    async Task DecideAsync(CancellationToken stop)
    {
        foreach (var file in stage.Files) fileDigests.Add(await RowDigest.OfBytesAsync(file, stop).ConfigureAwait(false));
        if (files.Beside is { } second) await LearnAsync(second, stop).ConfigureAwait(false);
        if (files.Input is { } source)
        {
            var table = await Table.OpenAsync(source, files.Read with { CarryReceipts = true }, stop).ConfigureAwait(false);
            input = new StageInput(table, trusted: !source.Repeats || source.Parts.Count > 0 || table is ISealedReader { SealFits: true });
        }
        // On a stream the header tells the stages behind what this one promises, so that they can be up to date too.
        var worthKnowing = cache is not null || files.OutputStream is not null || (File.Exists(files.Output) && !files.Force);
        if (input is { Identity: null } && files.Input!.Repeats && worthKnowing)
        {
            await using var table = await Table.OpenAsync(files.Input, files.Read with { CarryReceipts = true }, stop).ConfigureAwait(false);
            input.Digest = (await RowDigest.OfAsync(table, stop).ConfigureAwait(false)).Digest;
            input.LateMetadata = table.LateMetadata; // with the receipts of several files, which are finished only now
        }
        if (files.Force || Inputs() is not { } inputs) return;

        var promise = stage.Promise(inputs);
        if (files.Output is { } path && await UpToDateAsync(path, promise, stop).ConfigureAwait(false)) Done = true;
        else if (cache?.Find(promise.Key) is { } kept) Done = await ServeAsync(kept, promise, stop).ConfigureAwait(false);
    }

    // The second table's digest comes after that of the input, its receipts before.
    async Task LearnAsync(DataSource second, CancellationToken stop)
    {
        await using var table = await Table.OpenAsync(second, files.Read with { CarryReceipts = true }, stop).ConfigureAwait(false);
        beside = Chain.Read(table.Schema.Metadata);
        if (table is not ISealedReader { SealFits: true } || beside is not [.., { Rows: { } rows }])
        {
            (rows, _) = await RowDigest.OfAsync(table, stop).ConfigureAwait(false);
            beside = Chain.Read(table.Schema.WithMetadata(table.LateMetadata).Metadata);
        }
        fileDigests.Insert(0, rows);
    }

    async Task<bool> UpToDateAsync(string path, Receipt promise, CancellationToken stop)
    {
        if (!File.Exists(path))
        {
            if (files.Explain) files.Say($"{path} does not exist");
            return false;
        }
        IReadOnlyList<Receipt> chain;
        try
        {
            chain = await Chain.OfFileAsync(path, stop).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return false; // a link that leads nowhere yet
        }
        catch (DataFormatException broken)
        {
            if (files.Explain) files.Say($"what is there cannot be read: {broken.Message}");
            return false;
        }
        var had = chain.Count > 0 ? chain[^1] : null;
        // An input from a pipe is known by its promise; the old output's chain tells which rows that promise gave.
        if (had is not null && input is { Digest: null } && Chain.RowsOf(Earlier(), [.. chain.SkipLast(1)]) is { } rows)
            promise = promise with { Inputs = [rows, .. promise.Inputs.Skip(1)] };
        var difference = had is null ? "it has no receipt" : had.Difference(promise);
        if (difference is null && !await IsAsWrittenAsync(path, had!, stop).ConfigureAwait(false))
            difference = "its rows are not those that were written";
        if (difference is null)
        {
            files.Say($"{path} is up to date ({had!.Count} rows)");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // so that make, which compares times, does not come again
        }
        else if (files.Explain) files.Say($"{path} is made anew: {difference}");
        return difference is null;
    }

    // A seal that fits saves the reading of the rows.
    static async Task<bool> IsAsWrittenAsync(string path, Receipt receipt, CancellationToken stop)
    {
        try
        {
            await using var table = await Table.OpenAsync(path, stop: stop).ConfigureAwait(false);
            return table is ISealedReader { SealFits: true }
                || await RowDigest.OfAsync(table, stop).ConfigureAwait(false) == (receipt.Rows, receipt.Count);
        }
        catch (DataFormatException)
        {
            return false; // damaged: it is made anew
        }
    }

    async Task<bool> ServeAsync(string kept, Receipt promise, CancellationToken stop)
    {
        try
        {
            await using var reader = await Table.OpenAsync(kept, stop: stop).ConfigureAwait(false);
            var chain = Chain.Read(reader.Schema.Metadata);
            var receipt = chain.Count > 0 ? chain[^1] : throw new DataFormatException($"{kept} has no receipt");
            IReadOnlyList<Receipt> earlier = input is { Digest: null } ? [.. chain.SkipLast(1)] : Earlier();
            var rows = input is { Digest: null } ? Chain.RowsOf(Earlier(), earlier) : input?.Digest;
            if (input is not null) promise = promise with { Inputs = [rows ?? "", .. promise.Inputs.Skip(1)] };
            if (!receipt.SamePromise(promise)) throw new DataFormatException($"{kept} holds another result than its name says");
            var schema = reader.Schema.WithMetadata(Chain.Key, Chain.Write([.. earlier, receipt]));
            var digest = new RowDigest(schema);
            var write = files.Write with { Added = receipt.Adds ?? [], ColumnDigests = () => ColumnDigests.Write(digest.Columns) };
            writer = new StageWriter(Output(schema, write), schema, digest, null, files.Write.Threads > 1, made => made.Rows == receipt.Rows
                ? new([.. earlier, receipt])
                : throw new DataFormatException($"{kept} is damaged: its rows are not those of its receipt"));
            await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
                await writer.WriteAsync(batch, stop).ConfigureAwait(false);
            await writer.FinishAsync().ConfigureAwait(false);
            files.Say($"taken from the cache ({receipt.Count} rows)");
            return true;
        }
        catch (DataFormatException damaged)
        {
            File.Delete(kept);
            if (files.OutputStream is not null && writer is { Started: true })
                throw new DataFormatException($"{damaged.Message}; the entry was removed, run again", damaged);
            files.Say($"{damaged.Message}; it was removed");
            if (writer is not null) await writer.DisposeAsync().ConfigureAwait(false);
            writer = null;
            return false;
        }
    }

    ITableWriter Output(Schema schema, WriteOptions write) => files.OutputStream is { } stream
        ? Table.Create(stream, files.OutputFormat, schema, write)
        : Table.Create(files.Output ?? throw new InvalidOperationException("the stage has no output"), schema, write);

    IReadOnlyList<Receipt> Earlier() => input is null ? [] : Chain.Union([beside, Chain.Read(input.Metadata)]);

    // Null while the rows of an input are unknown and no promise stands for them.
    List<string>? Inputs()
    {
        if (input is null) return fileDigests;
        return input.Identity is { } identity ? [identity, .. fileDigests] : null;
    }

    async ValueTask<IReadOnlyList<Receipt>> FinalChainAsync(Receipt result)
    {
        return await ReceiptsAsync(stage, result.Rows!, result.Count!.Value).ConfigureAwait(false);
    }
}
