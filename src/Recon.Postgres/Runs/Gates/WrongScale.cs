using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Runs.Gates;

/// <summary>
/// Numbers whose thousands are read as decimals, or the other way round, are numbers still: <c>1.039</c> may be both. That
/// most of those that differ from HubSpot's do so by a thousand gives it away.
/// </summary>
internal static class WrongScale
{
    private const int Fewest = 20;

    public static IReadOnlyList<Excess> Of(BatchCounts counts, ReconciliationPlan plan)
        =>
        [
            .. from property in plan.Properties
               let name = property.Definition.Property
               let times = counts.Remarks.GetValueOrDefault($"{name}/{ValueRemarks.Thousandfold}")
               let changes = counts.PropertyChanges.GetValueOrDefault(name)
               where times >= Fewest && times * 2 > changes
               select new Excess(
                   $"{name}: {CountText.Show(times)} of {CountText.Show(changes)} numbers of {property.SourceLabel} that differ from HubSpot's do so by a factor of exactly 1,000",
                   ["A thousands separator may have been read as the decimal point, or the other way round. Set how the file writes numbers: { \"kind\": \"number\", \"culture\": \"de\" } reads 1.039,50, \"en\" 1,039.50, \"fr\" 1 039,50."],
                   name),
        ];
}
