#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// Reconciles one object and prints what was found:
//   dotnet run docs/examples/reconcile-companies.cs [pipeline.json]
// Needs a server, named by RECON_POSTGRES or by the definition. To use the embedded server of the sample, keep
// `recon server` running and connect to that.
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(
    args.Length > 0 ? args[0] : "pipeline.json",
    options: new ReconciliationOptions
    {
        OnProgress = (pipeline, state) => Console.Error.WriteLine($"{pipeline}: {state.Phase}, {state.RecordsCommitted} records"),
    });

PipelineResult result = await recon.RunAsync("companies", new RunSettings { Fresh = true });
if (result.Outcome != RunOutcome.Completed)
{
    await Console.Error.WriteLineAsync(result.Fault?.Message ?? "The run was stopped.");
    return 4;
}

Console.WriteLine($"Total: {result.Counts.Read}");
Console.WriteLine($"Matched: {result.Counts.Matched}, of which {result.Counts.WithChanges} have changes");
Console.WriteLine($"Unmatched: {result.Counts.Unmatched}");
Console.WriteLine($"Rejected: {result.Counts.Rejected}");
return 0;
