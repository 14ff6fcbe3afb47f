using System.Collections.Concurrent;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>A board over a database, with a lease, and workers that a test speaks for.</summary>
internal sealed class BoardRig : IAsyncDisposable, ISplitTally
{
    private readonly SmallWorld _world;
    private readonly CancellationTokenSource _abort = new();
    private Guid _board;

    private BoardRig(SmallWorld world, Lease lease, ReconDataSources sources, TimeProvider clock, Func<SharingTerms, SharingTerms>? change)
    {
        (_world, Sources, Run) = (world, sources, lease.Run);
        Context = new RunContext(sources, world.Request(), world.Read().Definition!.Pipelines[0])
        {
            Clock = clock,
            Logger = new CallLogger(world.Hear),
            Tuning = new RunTuning { Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(50), Expiry = TimeSpan.FromMinutes(5) } },
        };
        Store = new SplitStore(Context, Run);
        var sharing = new SharingTerms(new RunDesk()) { BatchesPerSplit = 2 };
        Board = new SplitBoard(Context, change?.Invoke(sharing) ?? sharing, TermsOf(Run), Store, this, _abort.Token);
    }

    public ReconDataSources Sources { get; }

    public RunContext Context { get; }

    public RunIdentity Run { get; }

    public SplitStore Store { get; }

    public SplitBoard Board { get; }

    /// <summary>How often each batch was told of.</summary>
    public ConcurrentDictionary<long, int> Told { get; } = [];

    /// <summary>Whether the coordinator finds another input than it opened.</summary>
    public bool IsInputChanged { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<BoardRig> CreateAsync(
        PostgresServer server, TimeProvider? clock = null, Func<SharingTerms, SharingTerms>? change = null)
    {
        SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        var sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        StagingTables tables = new("staging");
        await new StagingSchema(tables).CreateAsync(connection, [world.Read().Definition!.Pipelines[0]], Token);
        Lease lease = await Lease.TakeAsync(
            connection, sources.Control, tables, "things", Guid.CreateVersion7(), "a test", new LeaseTiming(), TimeProvider.System, Token);
        return new BoardRig(world, lease, sources, clock ?? TimeProvider.System, change);
    }

    /// <summary>Offers splits of two batches each, numbered from 1.</summary>
    public async Task OfferAsync(int splits)
    {
        for (int split = 0; split < splits; split++)
        {
            await Board.OfferAsync([Batch((2 * split) + 1), Batch((2 * split) + 2)], Token);
        }
    }

    public async Task<JoinReply> JoinAsync(string worker, string? version = null)
    {
        JoinReply reply = await Board.JoinAsync(new WorkerCard(worker, "host of " + worker, 1, version ?? Context.ToolVersion), Token);
        _board = reply.Terms?.Board ?? _board;
        return reply;
    }

    /// <summary>Asks for splits.</summary>
    public async Task<IReadOnlyList<SplitTicket>> AskAsync(string worker, int wants) => (await ReportAsync(worker, wants)).Tickets;

    public Task<WorkerOrders> ReportAsync(
        string worker, int wants = 0, IEnumerable<long>? committed = null, Func<WorkerReport, WorkerReport>? change = null)
    {
        var report = new WorkerReport(
            worker, _board, wants, [.. (committed ?? []).Select(batch => new CommittedEntry(batch, "{}", 1))], []);
        return Board.ReportAsync(change?.Invoke(report) ?? report, Token);
    }

    /// <summary>Commits a batch of a split as a worker does, in a transaction that stays open.</summary>
    /// <returns>The connection, whose transaction holds the split; <see langword="null"/> where the ticket is not valid any more.</returns>
    public async Task<NpgsqlConnection?> HoldAsync(SplitMark ticket)
    {
        NpgsqlConnection connection = await Sources.Writer.OpenConnectionAsync(Token);
        await using var begin = new NpgsqlCommand("begin", connection);
        await begin.ExecuteNonQueryAsync(Token);
        await using var hold = new NpgsqlCommand(
            "select 1 from staging.reconciliation_split where pipeline = 'things' and split = $1 and epoch = $2 for share", connection);
        hold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ticket.Split });
        hold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ticket.Epoch });
        if (await hold.ExecuteScalarAsync(Token) is not null)
        {
            return connection;
        }

        await connection.DisposeAsync();
        return null;
    }

    public bool HasSaid(string text) => _world.HasSaid(text);

    public Task<long> CountAsync(string sql) => _world.CountAsync(sql);

    public Task ExecuteAsync(string sql) => _world.Database.ExecuteAsync(sql);

    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await Board.Changing;
        await Sources.DisposeAsync();
        await _world.DisposeAsync();
        _abort.Dispose();
    }

    private static SplitBatch Batch(long number) => new(number, new SourceRange(0, number * 10, (number * 10) + 10, number, number + 1), []);

    long ISplitTally.Commit(CommittedEntry entry) => Told.AddOrUpdate(entry.Batch, 1, static (_, times) => times + 1) == 1 ? 10 : 0;

    void ISplitTally.Tell(BoardWorker worker, WorkerFigures figures)
    {
        // Figures are the graph's.
    }

    void ISplitTally.Leave(BoardWorker worker)
    {
        // Figures are the graph's.
    }

    ValueTask<bool> ISplitTally.IsInputChangedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(IsInputChanged);

    private static RunTerms TermsOf(RunIdentity run) => new()
    {
        Pipeline = run.Pipeline,
        RunId = run.RunId,
        Epoch = run.Epoch,
        Definition = "",
        InputFingerprint = "",
        AttemptTable = "things__1",
        IsPacked = true,
        Mirror = "{}",
    };
}
