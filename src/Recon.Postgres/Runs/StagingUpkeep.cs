using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// Changes to staging tables besides runs: each is made under the lease of its pipeline, so that no run is disturbed.
/// </summary>
internal sealed class StagingUpkeep(ReconDataSources sources, StagingTables tables, TimeProvider clock, ILogger logger)
{
    private readonly LeaseTiming _timing = new();

    /// <summary>Creates the staging schema and the tables of pipelines, and adds columns that tables lack.</summary>
    /// <exception cref="StagingException">A table of the name exists and is not recon's, or has other column types.</exception>
    /// <exception cref="PipelineHeldException">A run holds a pipeline whose table lacks a column.</exception>
    public async Task SetUpAsync(IReadOnlyList<ValidPipeline> pipelines, CancellationToken cancellationToken)
    {
        var schema = new StagingSchema(tables);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await schema.CreateAsync(connection, pipelines, cancellationToken);
        foreach (ValidPipeline pipeline in pipelines)
        {
            if (await schema.LacksColumnsAsync(connection, pipeline, cancellationToken))
            {
                await HoldingAsync(
                    connection,
                    pipeline,
                    async (run, token) =>
                    {
                        await schema.AlignAsync(connection, pipeline, run, token);
                        return 0L;
                    },
                    cancellationToken);
            }
        }
    }

    /// <summary>Empties a pipeline's staging table and forgets its rejects; attempts that can be resumed stay.</summary>
    /// <param name="cancellationToken">Gives up; nothing is left half-done.</param>
    /// <exception cref="PipelineHeldException">A run holds the pipeline.</exception>
    public Task<long> ClearAsync(ValidPipeline pipeline, CancellationToken cancellationToken)
        => WhereSetUpAsync(
            pipeline,
            (connection, run, token) => new StagingSchema(tables).ClearAsync(connection, pipeline, run, token),
            cancellationToken);

    /// <summary>Drops a pipeline's attempts that did not end, with their rejects: they cannot be resumed any more.</summary>
    /// <param name="cancellationToken">Gives up; attempts dropped so far stay dropped.</param>
    /// <exception cref="PipelineHeldException">A run holds the pipeline.</exception>
    public Task<long> DropAttemptsAsync(ValidPipeline pipeline, CancellationToken cancellationToken)
        => WhereSetUpAsync(
            pipeline,
            async (connection, run, token) => await new Attempt(tables).DropAsync(
                connection, pipeline, keep: null, new LeaseFence(tables, run), token),
            cancellationToken);

    /// <returns>Who holds a pipeline; <see langword="null"/> when nobody does.</returns>
    public async Task<LeaseHolder?> HolderAsync(ValidPipeline pipeline, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        return await MirrorCatalog.ExistsAsync(connection, tables.Lease, cancellationToken)
            ? await Lease.FindHolderAsync(connection, tables, pipeline.Name, cancellationToken)
            : null;
    }

    /// <summary>Takes a pipeline from a run that is dead. One that is alive after all ends without writing anything more.</summary>
    /// <param name="holder">The run, as <see cref="HolderAsync"/> told it.</param>
    /// <returns>Whether it held the pipeline until now; <see langword="false"/> when nobody holds it any more.</returns>
    /// <exception cref="PipelineHeldException">Another run has taken the pipeline since, and keeps it.</exception>
    public async Task<bool> ReleaseAsync(ValidPipeline pipeline, LeaseHolder holder, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        if (await Lease.ForceReleaseAsync(connection, tables, pipeline.Name, holder, RunHolder.Describe(), cancellationToken))
        {
            return true;
        }

        return await Lease.FindHolderAsync(connection, tables, pipeline.Name, cancellationToken) is { } other
            ? throw new PipelineHeldException($"{pipeline.Name} was not released: it is now held by {other.Text}.")
            : false;
    }

    // Without a lease table nothing was ever staged.
    private async Task<long> WhereSetUpAsync(
        ValidPipeline pipeline,
        Func<NpgsqlConnection, RunIdentity, CancellationToken, Task<long>> work,
        CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        if (!await MirrorCatalog.ExistsAsync(connection, tables.Lease, cancellationToken))
        {
            return 0;
        }

        // A former version may have made less of it.
        await new StagingSchema(tables).CreateAsync(connection, [], cancellationToken);
        return await HoldingAsync(connection, pipeline, (run, token) => work(connection, run, token), cancellationToken);
    }

    private async Task<long> HoldingAsync(
        NpgsqlConnection connection,
        ValidPipeline pipeline,
        Func<RunIdentity, CancellationToken, Task<long>> work,
        CancellationToken cancellationToken)
    {
        Lease lease = await Lease.TakeAsync(
            connection, sources.Control, tables, pipeline.Name, Guid.CreateVersion7(clock.GetUtcNow()), RunHolder.Describe(), _timing, clock, cancellationToken);
        Heartbeat? beating = null;
        try
        {
            await using var heartbeat = beating = new Heartbeat(sources, lease, _timing, clock, logger, cancellationToken);
            return await work(lease.Run, heartbeat.Token);
        }
        catch (OperationCanceledException) when (beating?.Lost is { } lost)
        {
            throw lost;
        }
        finally
        {
            await LeaseEnd.ReleaseAsync(sources, lease, _timing, clock, logger);
        }
    }
}
