using System.Globalization;
using System.Text;
using Recon.Postgres.Push;
using Recon.Push.Planning;

namespace Recon.Cli.Rendering;

/// <summary>A plan as people read it before they approve it.</summary>
internal static class PlanText
{
    private const int LongestValue = 40;
    private const int MostTransitions = 20;

    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(PlanSummary plan, int? width)
    {
        StringBuilder text = new();
        if (plan.Plan is null)
        {
            Line(plan.LinksWritten > 0 ? "Nothing to push: all that differs is left out, and all associations were made before." : "Nothing to push: no published result holds a change that may be sent.");
            LeftOutLines();
            return text.ToString();
        }

        Line($"Plan {plan.Plan.Id} for HubSpot account {plan.Portal}, hash {plan.Plan.Hash}");
        Line($"{Show.Count(plan.Records, "record")}{(plan.Types.Count == 0 ? "" : $": {string.Join(", ", plan.Types.Select(type => $"{Show.Count(type.Records)} {type.Type}"))}")}");
        PropertyFigures[] properties = [.. plan.Properties.Where(each => !each.IsLink)];
        Table(
            ["pipeline", "property", ">set", ">changed", ">cleared"],
            properties.Select(each => (string[])[each.Pipeline, each.Property, Show.Count(each.Set), Show.Count(each.Changed), Show.Count(each.Cleared)]));
        Table(["pipeline", "property", "~most frequent transitions", ">records"], plan.Transitions.Take(MostTransitions).Select(Transition));
        Links();
        text.Append('\n');
        CallForecast calls = plan.Calls;
        Line($"{Show.Count(calls.Total, "call")}: {Show.Count(calls.Updates)} to write and {Show.Count(calls.Reads)} to read before it, {Show.Count(calls.Canary)} for the canary, "
            + $"{Show.Count(calls.Verify)} to verify, {Show.Count(calls.Preflight)} before the first write, {Show.Count(calls.Links)} for associations");
        string share = calls.ShareOfDay(plan.Limits) is { } day ? string.Create(CultureInfo.InvariantCulture, $", {day * 100:0.##} % of the {Show.Count(plan.Limits.Daily!.Value)} of a day") : "";
        Line(string.Create(
            CultureInfo.InvariantCulture,
            $"At least {calls.Minutes(plan.Limits):0.#} minutes at {plan.Limits.Max} calls in {plan.Limits.Interval.TotalSeconds:0.#} s{share}{(plan.Limits.ObservedAt == DateTimeOffset.UnixEpoch ? "; assumed, as the account never answered" : "")}"));
        LeftOutLines();
        foreach (string exceeded in plan.Exceeded)
        {
            Line($"Above the brakes of the definition: {exceeded}. Approving all of it needs --over-the-limit and a --reason.");
        }

        Line($"Nothing was sent. Next: recon approve {plan.Plan.Id} --all --by NAME, or less; without a choice it shows what is open.");
        return text.ToString();

        void Line(string line) => text.Append(Hosting.TextWrap.ToTerminal(line, width, breakWords: false)).Append('\n');

        void Table(IReadOnlyList<TableColumn> columns, IEnumerable<string[]> rows)
        {
            string[][] all = [.. rows];
            text.Append(all.Length == 0 ? "" : "\n" + TextTable.Draw(width, columns, all));
        }

        void Links() => Table(
            ["pipeline", "associations", ">ready", ">not ready"],
            from part in plan.LeftOut
            from lookup in part.LeftOut.UnresolvedParents.Keys.Union(plan.LinksReady.Where(each => each.Pipeline == part.Pipeline).Select(each => each.Lookup)).Order(StringComparer.Ordinal)
            select (string[])[
                part.Pipeline,
                lookup,
                Show.Count(plan.LinksReady.FirstOrDefault(each => each.Pipeline == part.Pipeline && each.Lookup == lookup).Links),
                Show.Count(part.LeftOut.UnresolvedParents.GetValueOrDefault(lookup))]);

        void LeftOutLines()
        {
            foreach (string line in LeftOutText.Lines(plan))
            {
                Line(line);
            }
        }
    }

    public static string DrawList(IReadOnlyList<PushPlan> plans, int? width) => plans.Count == 0
        ? "There is no plan. 'recon plan' makes one from the published results.\n"
        : TextTable.Draw(
            width,
            ["plan", "state", ">records", "?>links", "/pipelines", "?account", "?made by", "/made at (UTC)"],
            [
                .. plans.Select(plan => (string[])[
                    plan.Id.ToString(),
                    PlanStates.TextOf(plan.State),
                    Show.Count(plan.Records),
                    Show.Count(plan.Links),
                    string.Join(", ", plan.Parts.Where(part => part.Records + part.Links > 0).Select(part => part.Pipeline)),
                    plan.Portal.ToString(CultureInfo.InvariantCulture),
                    plan.CreatedBy,
                    plan.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)]),
            ]);

    /// <summary>A row of pipeline, property, transition and count.</summary>
    public static string[] Transition(TransitionFigures each)
        => [each.Pipeline, each.Property, $"{Value(each.Old)} → {Value(each.New)}", Show.Count(each.Count)];

    private static string Value(string value) => value.Length == 0 ? "(nothing)" : $"\"{TextTable.Cell(value, LongestValue)}\"";
}
