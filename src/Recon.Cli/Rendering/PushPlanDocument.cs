using System.Globalization;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Postgres.Push;
using Recon.Push.Approving;
using Recon.Push.Planning;

namespace Recon.Cli.Rendering;

/// <summary>The document of <c>recon plan --json</c>. Scripts rely on the keys up to <c>properties</c>.</summary>
/// <param name="Plan">The plan's id; <see langword="null"/> where there is nothing to push.</param>
/// <param name="Calls">With the reads before each write, the canary, a sample that is verified, and associations.</param>
/// <param name="DayShare">The part of the account's calls of a day; above 1 it takes several.</param>
/// <param name="Properties">By HubSpot's name.</param>
internal sealed record PushPlanDocument(
    Guid? Plan,
    string? Hash,
    long Portal,
    long Records,
    long Calls,
    double Minutes,
    double? DayShare,
    IReadOnlyDictionary<string, ChangesDocument> Properties,
    IReadOnlyDictionary<string, long> Types,
    IReadOnlyList<TransitionDocument> Transitions,
    CallForecast CallsBy,
    LinksDocument Links,
    IReadOnlyDictionary<string, LeftOut> LeftOut,
    IReadOnlyList<Clash> SharedIds,
    IReadOnlyList<string> BrakesExceeded)
{
    public static PushPlanDocument Of(PlanSummary plan) => new(
        plan.Plan?.Id,
        plan.Plan?.Hash,
        plan.Portal,
        plan.Records,
        plan.Calls.Total,
        plan.Calls.Minutes(plan.Limits),
        plan.Calls.ShareOfDay(plan.Limits),
        JsonText.Object(plan.Properties.Where(each => !each.IsLink).GroupBy(each => each.Property, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, new ChangesDocument(group.Sum(each => each.Set), group.Sum(each => each.Changed), group.Sum(each => each.Cleared))))),
        JsonText.Object(plan.Types.Select(type => KeyValuePair.Create(type.Type, type.Records))),
        [.. plan.Transitions.Select(TransitionDocument.Of)],
        plan.Calls,
        new LinksDocument(
            plan.Links,
            JsonText.Object(plan.LinksReady.GroupBy(each => each.Lookup, StringComparer.Ordinal).Select(group => KeyValuePair.Create(group.Key, group.Sum(each => each.Links)))),
            JsonText.Object(plan.LeftOut.SelectMany(each => each.LeftOut.UnresolvedParents).GroupBy(each => each.Key, StringComparer.Ordinal)
                .Select(group => KeyValuePair.Create(group.Key, group.Sum(each => each.Value)))),
            plan.LinksWritten),
        JsonText.Object(plan.LeftOut.Select(each => KeyValuePair.Create(each.Pipeline, each.LeftOut))),
        plan.Clashes,
        plan.Exceeded);
}

internal sealed record ChangesDocument(long Set, long Change, long Clear);

internal sealed record TransitionDocument(string Pipeline, string Property, string Old, string New, long Count)
{
    public static TransitionDocument Of(TransitionFigures each) => new(each.Pipeline, each.Property, each.Old, each.New, each.Count);
}

/// <param name="Ready">By lookup.</param>
/// <param name="NotReady">By lookup: parents that the run did not resolve.</param>
/// <param name="Written">Associations that were made for the account before.</param>
internal sealed record LinksDocument(long Planned, IReadOnlyDictionary<string, long> Ready, IReadOnlyDictionary<string, long> NotReady, long Written);

/// <summary>The document of <c>recon plan --list --json</c>.</summary>
internal sealed record PlansDocument(IReadOnlyList<ListedPlan> Plans)
{
    public static PlansDocument Of(IReadOnlyList<PushPlan> plans) => new([.. plans.Select(ListedPlan.Of)]);
}

internal sealed record ListedPlan(
    Guid Plan, string Hash, long Portal, string State, IReadOnlyList<string> Pipelines, long Records, long Links, string CreatedBy, string CreatedAt)
{
    public static ListedPlan Of(PushPlan plan) => new(
        plan.Id,
        plan.Hash,
        plan.Portal,
        PlanStates.TextOf(plan.State),
        [.. plan.Parts.Select(part => part.Pipeline)],
        plan.Records,
        plan.Links,
        plan.CreatedBy,
        plan.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

/// <summary>The document of <c>recon approve --json</c>.</summary>
/// <param name="Approved">Changes that are approved by this; <see langword="null"/> where nothing was said.</param>
/// <param name="States">Records by state.</param>
internal sealed record ApproveDocument(
    Guid Plan,
    string Hash,
    long? Approved,
    long? Rejected,
    LateChanges? TooLate,
    IReadOnlyDictionary<string, long> States,
    IReadOnlyList<PropertyFigures> Properties,
    IReadOnlyList<TransitionDocument> OpenTransitions,
    IReadOnlyList<string> BrakesExceeded)
{
    public static ApproveDocument Of(PushPlan plan, ApprovalOutcome? outcome, OpenChanges open) => new(
        plan.Id,
        plan.Hash,
        outcome?.Approved,
        outcome?.Rejected,
        outcome?.Late,
        JsonText.Object(open.States.GroupBy(each => each.State).Select(group => KeyValuePair.Create(PushStates.TextOf(group.Key), group.Sum(each => each.Items)))),
        open.Properties,
        [.. open.Transitions.Select(TransitionDocument.Of)],
        open.Exceeded);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PushPlanDocument))]
[JsonSerializable(typeof(PlansDocument))]
[JsonSerializable(typeof(ApproveDocument))]
internal sealed partial class PlanDocuments : JsonSerializerContext;
