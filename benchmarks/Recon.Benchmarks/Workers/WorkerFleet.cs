using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Workers;

/// <summary>A coordinator and its workers, as processes of their own, over one workbench.</summary>
internal sealed class WorkerFleet : IAsyncDisposable
{
    // Workers wait behind it until all have joined.
    private const int Gate = 21_000_021;

    private readonly Workbench _bench;
    private readonly ReconExecutable _executable;
    private readonly string _definition;
    private readonly List<Process> _processes = [];

    private WorkerFleet(Workbench bench, Contender contender)
        => (_bench, _executable, _definition) = (bench, contender.Executable, JobDefinition.Write(bench.Folder, contender.Strategy));

    /// <summary>The process that leads the run at first.</summary>
    public Process Coordinator { get; private set; } = null!;

    /// <summary>The processes of the workers.</summary>
    public IReadOnlyList<Process> Workers => [.. _processes.Where(process => process != Coordinator)];

    /// <summary>Starts a coordinator and workers, and waits until all have joined; no split is handed out before <paramref name="open"/> has returned.</summary>
    /// <param name="open">What is done when all have joined.</param>
    /// <returns>The fleet, at work.</returns>
    public static async Task<WorkerFleet> StartAsync(
        Workbench bench, Contender contender, int workers, Action<WorkerFleet> open, CancellationToken token)
    {
#pragma warning disable CA2000 // What fails disposes of it, and who gets it does otherwise.
        WorkerFleet fleet = new(bench, contender);
#pragma warning restore CA2000
        try
        {
            await using NpgsqlConnection gate = await fleet.CloseGateAsync(token);
            fleet.Coordinator = fleet.Start("run", "communications", "--workers", "0", "--fresh", "--full", "--quiet");
            for (int worker = 0; worker < workers; worker++)
            {
                fleet.Start("worker", "--once", "--quiet");
            }

            await fleet.UntilAsync(
                string.Create(CultureInfo.InvariantCulture, $"{workers} workers to join"),
                string.Create(CultureInfo.InvariantCulture, $"""
                    select coalesce(max(jsonb_array_length(progress->'run'->'workers')), 0) >= {workers}
                    from staging.reconciliation_lease where pipeline = 'communications' and run_id is not null
                    """),
                token);
            open(fleet);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a query gives true.</summary>
    /// <exception cref="InvalidOperationException">Every process has ended before.</exception>
    public async Task UntilAsync(string what, string sql, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(_bench.ConnectionString);
        await connection.OpenAsync(token);
#pragma warning disable CA2100 // Statements of this project.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        while (await command.ExecuteScalarAsync(token) is not true)
        {
            if (_processes.TrueForAll(process => process.HasExited))
            {
                throw new InvalidOperationException($"Every process ended before this: {what}. Run 'recon run communications --workers 1' by hand to see why.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, token);
        }
    }

    /// <summary>Waits until all processes have ended.</summary>
    public async Task EndAsync(CancellationToken token)
    {
        foreach (Process process in _processes)
        {
            await process.WaitForExitAsync(token);
        }
    }

    /// <summary>Ends what is left of it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }
    }

    // While the connection is open, no split is handed out.
    private async Task<NpgsqlConnection> CloseGateAsync(CancellationToken token)
    {
        await _bench.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                create or replace function staging.bench_gate() returns trigger language plpgsql as
                    'begin perform pg_advisory_xact_lock_shared({Gate}); return new; end';
                drop trigger if exists bench_gate on staging.reconciliation_split;
                create trigger bench_gate before insert on staging.reconciliation_split for each row execute function staging.bench_gate()
                """),
            token);
        var gate = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_bench.ConnectionString) { Pooling = false }.ConnectionString);
        await gate.OpenAsync(token);
        await using var close = new NpgsqlCommand("select pg_advisory_lock($1)", gate) { Parameters = { new() { Value = (long)Gate } } };
        await close.ExecuteNonQueryAsync(token);
        return gate;
    }

    private Process Start(params string[] arguments)
    {
        ProcessStartInfo start = _executable.Start([.. arguments, "--definition", _definition]);
        start.WorkingDirectory = _bench.Folder;
        start.Environment["RECON_POSTGRES"] = _bench.ConnectionString;
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }
}
