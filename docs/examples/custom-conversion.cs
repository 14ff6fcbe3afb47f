#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// A conversion of one's own: the definition says { "kind": "custom", "name": "company-name" }, this program says what
// that is. An unknown name is a problem of the definition, like any other.
//   dotnet run docs/examples/custom-conversion.cs [custom-conversion.json]
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Custom;
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(
    args.Length > 0 ? args[0] : "docs/examples/custom-conversion.json",
    options: new ReconciliationOptions
    {
        Conversions = new Dictionary<string, CustomConverter>
        {
            // The same value always gives the same text; null rejects the value, "" is no value.
            ["company-name"] = name => name.EndsWith(" SARL", StringComparison.Ordinal) ? name[..^5] : name,
        },
    });

// A dry run writes nothing and shows what would change.
DryRunResult result = await recon.DryRunAsync("companies", samples: 3);
Console.WriteLine($"{result.Counts.Matched} matched, {result.Counts.WithChanges} with changes");
foreach (RecordVerdict record in result.Samples)
{
    Console.WriteLine($"{record.LegacyId}: {record.Properties[0].Hubspot} -> {record.Properties[0].Converted}");
}
