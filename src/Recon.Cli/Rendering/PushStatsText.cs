using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Postgres.Push;

namespace Recon.Cli.Rendering;

/// <summary>What became of plans, counted, as text and as JSON.</summary>
internal static class PushStatsText
{
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(IReadOnlyList<PushPlan> plans, IReadOnlyList<OutcomeCount> counts, int? width) => TextTable.Draw(
        width,
        ["plan", "?made at (UTC)", "?plan is", "/pipeline", "state", "/category", "/property", ">records"],
        [
            .. from plan in plans
               from count in counts.Where(count => count.Plan == plan.Id)
               select (string[])[
                   plan.Id.ToString(),
                   plan.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
                   PlanStates.TextOf(plan.State),
                   count.Pipeline,
                   PushStates.TextOf(count.State),
                   count.Category,
                   count.Property,
                   Show.Count(count.Records)],
        ]);

    public static string Json(IReadOnlyList<PushPlan> plans, IReadOnlyList<OutcomeCount> counts) => JsonText.Of(
        new PushStatsDocument([.. plans.Select(plan => new CountedPlan(
            ListedPlan.Of(plan),
            [.. counts.Where(count => count.Plan == plan.Id).Select(count => new CountedOutcome(
                count.Pipeline, PushStates.TextOf(count.State), count.Category, count.Property, count.IsLink, count.Records))]))]),
        PushStatsJson.Default.PushStatsDocument);
}

/// <summary>The document of <c>recon stats --push --json</c>.</summary>
internal sealed record PushStatsDocument(IReadOnlyList<CountedPlan> Plans);

internal sealed record CountedPlan(ListedPlan Plan, IReadOnlyList<CountedOutcome> Outcomes);

/// <param name="Association">Whether associations are counted, not records.</param>
internal sealed record CountedOutcome(string Pipeline, string State, string Category, string Property, bool Association, long Records);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PushStatsDocument))]
internal sealed partial class PushStatsJson : JsonSerializerContext;
