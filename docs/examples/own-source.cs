#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// Your own source: records come from somewhere other than a CSV file, here from memory. The csv block of the definition
// still says which column is the id, which texts mean "no value", and which records are left out.
//   dotnet run docs/examples/own-source.cs [own-source.json]
// Needs a server, named by RECON_POSTGRES. At the end, the published result is read back.
using System.Runtime.CompilerServices;
using Recon.Dataflow;
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(
    args.Length > 0 ? args[0] : "docs/examples/own-source.json",
    options: new ReconciliationOptions
    {
        Sources = new Dictionary<string, IRecordSource> { ["companies"] = new Companies() },
        OnProgress = (pipeline, state) => Console.Error.WriteLine(
            $"{pipeline}: {state.Counts.Read} records, {string.Join(", ", state.Blocks.Select(block => $"{block.Name} {block.Queued}/{block.Capacity}"))}"),
    });

PipelineResult result = await recon.RunAsync("companies", new RunSettings { Fresh = true });
Console.WriteLine($"{result.Outcome}: {result.Counts.Matched} matched, {result.Counts.Unmatched} unmatched");
await foreach (ReconciledRecord record in recon.ReadChangesAsync("companies"))
{
    Console.WriteLine($"{record.LegacyId}: {string.Join(", ", record.Updates.Select(update => $"{update.Key} = {update.Value}"))}");
}

internal sealed class Companies : IRecordSource
{
    public IReadOnlyList<string> Columns => ["Comp_CompanyId", "Comp_Name"];

    public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (int id in Enumerable.Range(1001, 20))
        {
            await Task.Yield(); // a real source would await a query or a request here
            cancellationToken.ThrowIfCancellationRequested();
            yield return [$"{id}", $"Company {id}"];
        }
    }
}
