using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Updates;
using Recon.Postgres.Catalog;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Outcomes;

namespace Recon.Cli.Commands;

/// <summary><c>recon stats --push</c>: what became of plans.</summary>
internal static class PushStats
{
    private const int LatestPlans = 10;

    /// <param name="names">Only these pipelines; all when empty.</param>
    /// <param name="plan">Only this plan; the latest ones when <see langword="null"/>.</param>
    /// <param name="file">The CSV file to write, with one line per change; counts are printed when <see langword="null"/>.</param>
    public static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, string? plan, string? file)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        var reader = new PlanReader(tables);
        IReadOnlyList<PushPlan> plans = !await MirrorCatalog.ExistsAsync(connection, tables.PushPlan, token) ? []
            : plan is null ? await reader.ListAsync(connection, LatestPlans, token)
            : [await reader.FindAsync(connection, plan == "latest" ? null : plan, token)];
        if (plans.Count == 0)
        {
            throw new StagingException("There is no plan. 'recon plan' makes one from the published results.");
        }

        Guid[] ids = [.. plans.Select(each => each.Id)];
        if (file is null)
        {
            List<OutcomeCount> counts = await new OutcomeReader(tables).CountAsync(connection, ids, names, token);
            invocation.Text(invocation.Json ? PushStatsText.Json(plans, counts) : PushStatsText.Draw(plans, counts, invocation.Context.OutputWidth));
            return ExitCodes.Done;
        }

        long lines = await UpdateListWriter.ToFileAsync(
            file, force: false, writer => OutcomeCsv.WriteAsync(writer, new OutcomeReader(tables).LinesAsync(connection, ids, names, token), token));
        invocation.HasActed = true;
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(new ExportedDocument(file, lines), DecideJson.Default.ExportedDocument));
        }

        invocation.Note($"{Show.Count(lines, "change")} of {Show.Count(plans.Count, "plan")} written to {file}.");
        return ExitCodes.Done;
    }
}
