#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// Sets up the staging schema and reconciles all objects in the order of the definition:
//   dotnet run docs/examples/reconcile-all.cs [pipeline.json]
// Needs a server, named by RECON_POSTGRES.
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(args.Length > 0 ? args[0] : "pipeline.json");
await recon.SetUpAsync();
foreach (PipelineResult result in await recon.RunAllAsync(new RunSettings { Fresh = true }))
{
    Console.WriteLine(
        $"{result.Pipeline}: {result.Outcome}, {result.Counts.Read} read, {result.Counts.Matched} matched, {result.Counts.WithChanges} with changes");
}
