using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary>A run that a call names by its id, as 'recon log' lists it, or by how that begins or ends.</summary>
internal static class WantedRun
{
    private const int MostTold = 5;

    /// <param name="isPublished">Whether only a run is meant whose result was published.</param>
    /// <exception cref="UsageException">There is no such run, or there are several.</exception>
    public static async Task<Guid> FindAsync(
        NpgsqlConnection connection, StagingTables tables, IReadOnlyList<ValidPipeline> pipelines, string id, bool isPublished, CancellationToken token)
    {
        string[] names = [.. pipelines.Select(pipeline => pipeline.Name)];
        List<NamedRun> found = id.Length == 0 ? [] : await NamedRun.FindAsync(connection, tables, names, id, isPublished, token);
        return found.Count switch
        {
            1 => found[0].RunId,
            0 when isPublished => throw new UsageException($"No run '{id}' published a result of {string.Join(", ", names)}. 'recon log' lists the runs with their ids."),
            0 => throw new UsageException($"There is no run '{id}' of {string.Join(", ", names)}. 'recon log' lists the runs with their ids."),
            _ => throw new UsageException(
                $"'{id}' begins or ends the ids of {Show.Count(found.Count)} runs. Write more of it.\n"
                + string.Join('\n', found.Take(MostTold).Select(run => $"  {run.RunId}  {run.Started}  {run.Pipelines}"))
                + (found.Count > MostTold ? $"\n  and {Show.Count(found.Count - MostTold)} earlier ones" : "")),
        };
    }
}
