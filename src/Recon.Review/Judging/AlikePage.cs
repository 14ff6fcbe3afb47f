using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Recon.Postgres.Decisions;
using Recon.Postgres.Lookups;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Web;

namespace Recon.Review.Judging;

/// <summary>The same decision for all records of which a rule says so: how many it would decide, some of them, then one by one.</summary>
internal static class AlikePage
{
    /// <summary>Records that are looked at, and decided, at a time; what is beyond is told.</summary>
    private const int MostLooked = 1000;
    private const int Step = 200;
    private const int Samples = 10;
    private const string Rule = "alike";

    // The page waits no longer for one answer.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(30);

    public static async Task<PageAnswer> ShowAsync(PageRequest request)
    {
        if (JudgeState.Of(request, request.QueryText, request.Query) is not { } state)
        {
            return JudgePage.NoPipeline;
        }

        try
        {
            return request.Page("The same for all alike", AlikeRule.Of(request.Query(Rule)) is { } rule ? await PreviewAsync(request, state, rule) : await RulesAsync(request, state));
        }
        catch (Exception exception) when (exception is StagingException or MirrorException)
        {
            return PageAnswer.Refused(StatusCodes.Status409Conflict, exception.Message);
        }
    }

    public static async Task<PageAnswer> ApplyAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (JudgePage.StateOf(request, form) is not { } state || AlikeRule.Of(form[Rule]) is not { } rule)
        {
            return PageAnswer.Refused(StatusCodes.Status400BadRequest, "This form says too little. Load the page again. Nothing was decided.");
        }

        DecisionService service = JudgePage.ServiceOf(request);
        Looked looked = await LookAsync(request, state, rule);
        var watch = Stopwatch.StartNew();
        int decided = 0;
        List<string> refused = [];
        foreach (AlikeVerdict verdict in looked.Verdicts)
        {
            if (watch.Elapsed > s_most)
            {
                break;
            }

            DecisionResult result = await service.DecideAsync(
                new DecisionRequest(state.Pipeline, verdict.LegacyId, verdict.Keep is null ? DecisionKind.Match : DecisionKind.KeepRow, verdict.HubspotId, request.Settings.Reviewer)
                {
                    Note = $"by rule: {rule.Words}",
                    Keep = verdict.Keep,
                    Hash = verdict.Hash,
                    Seen = JudgePage.EvidenceOf(verdict.Seen, rule.Words, state.IsBlind),
                },
                request.Stop);
            if (result.State == DecisionState.Refused)
            {
                refused.Add(result.Message);
            }
            else
            {
                decided++;
            }
        }

        int left = looked.Verdicts.Count - decided - refused.Count;
        string told = $"{Numbers.Count(decided, "record")} decided by the rule: {rule.Words}."
            + (refused.Count > 0 ? $" {Numbers.Count(refused.Count)} refused; the first: {refused[0]}" : "")
            + (left > 0 || looked.IsMore ? " There may be more: choose the rule again." : "");
        return await JudgePage.ShowAsync(request, state with { At = null, Try = null }, new Told(told, IsRefusal: decided == 0));
    }

    private static async Task<Html> RulesAsync(PageRequest request, JudgeState state)
    {
        ReviewReader reader = request.Settings.ReaderOf(state.Pipeline);
        ComparedRecord? record = state.At is { } id ? (await reader.CompareAsync([id], null, request.Stop)).SingleOrDefault() : null;
        IReadOnlyList<AlikeRule> rules = record is null ? []
            : AlikeRule.For(record, record.Row.Status == JudgeState.Conflict ? await reader.ConflictAsync(record.Row.LegacyId!, request.Stop) : null);
        Html list = rules.Count == 0
            ? Html.Of($"""<p class="calm">No rule that there is decides this record, so there is none to apply to others.</p>""")
            : Html.Of($"""
                <p>Each of these rules would decide <bdi>{record!.Row.LegacyId}</bdi>. Choose one to see how many others it decides; nothing is decided yet.</p>
                <ol class="rules">{rules.Select((rule, index) => Html.Of($"""<li><a href="{Address(state, rule)}" data-key="{Key(index)}" data-item><kbd>{Key(index)}</kbd> {rule.Words}</a></li>"""))}</ol>
                """);
        return Html.Of($"""<section id="judge">{Back(state)}<h1>The same for all alike</h1>{list}</section>""");
    }

    private static async Task<Html> PreviewAsync(PageRequest request, JudgeState state, AlikeRule rule)
    {
        Looked looked = await LookAsync(request, state, rule);
        string all = looked.IsMore ? $"the first {Numbers.Count(looked.Count)} undecided records" : $"{Numbers.Count(looked.Count, "undecided record")}";
        Html apply = looked.Verdicts.Count == 0 || request.Settings.IsReadOnly ? Html.None : Html.Of($"""
            <form method="post" action="{JudgeState.ApplyAlike}" hx-confirm="Decide {Numbers.Count(looked.Verdicts.Count, "record")} by this rule?" hx-post="{JudgeState.ApplyAlike}" hx-target="#judge" hx-swap="outerHTML settle:0s" hx-disabled-elt="find button">{JudgePage.StateField(state with { At = null, Try = null })}<input type="hidden" name="{Rule}" value="{rule.Key}">
            <p><button class="primary" data-key="y"><kbd>y</kbd> Decide these {Numbers.Count(looked.Verdicts.Count, "record")}</button> <span class="what">one by one, each with this rule as its reason; each can be undone</span></p></form>
            """);
        return Html.Of($"""
            <section id="judge">{Back(state)}<h1>{rule.Words}</h1>
            <p class="lead">Of {all} that are {state.Kind}, the rule decides <b>{Numbers.Count(looked.Verdicts.Count)}</b>; {Numbers.Count(looked.Count - looked.Verdicts.Count)} stay.</p>
            <table class="slim"><caption>Some of them</caption><thead><tr><th scope="col">record</th><th scope="col">decision</th></tr></thead><tbody>{Sample(looked.Verdicts).Select(verdict => Html.Of($"""
                <tr><th scope="row"><a href="{(state with { At = verdict.LegacyId, Try = null }).Address}"><bdi>{verdict.LegacyId}</bdi></a></th><td>{(verdict.Keep is { } keep ? $"counts as line {Numbers.Count(keep.Line)} says" : $"is HubSpot {verdict.HubspotId}")}</td></tr>
                """))}</tbody></table>{apply}</section>
            """);
    }

    // Evenly from all of them, not the first.
    private static IEnumerable<AlikeVerdict> Sample(IReadOnlyList<AlikeVerdict> verdicts)
        => Enumerable.Range(0, Math.Min(Samples, verdicts.Count)).Select(index => verdicts[index * verdicts.Count / Math.Min(Samples, verdicts.Count)]);

    private static async Task<Looked> LookAsync(PageRequest request, JudgeState state, AlikeRule rule)
    {
        ReviewReader reader = request.Settings.ReaderOf(state.Pipeline);
        List<AlikeVerdict> verdicts = [];
        int count = 0;
        string? after = null;
        do
        {
            Postgres.Queries.Review.ReviewPage page = await reader.PageAsync(state.Left, after, Step, request.Stop);
            string[] ids = [.. page.Rows.Select(row => row.LegacyId).OfType<string>()];
            foreach (ComparedRecord record in await reader.CompareAsync(ids, null, request.Stop))
            {
                count++;
                SourceRowSet? rows = rule.NeedsRows ? await reader.ConflictAsync(record.Row.LegacyId!, request.Stop) : null;
                if (rule.Judge(record, rows) is { } verdict)
                {
                    verdicts.Add(verdict);
                }
            }

            after = page.Next;
        }
        while (after is not null && count < MostLooked);
        return new Looked(verdicts, count, after is not null);
    }

    private static string Address(JudgeState state, AlikeRule rule) => $"{JudgeState.Alike}?{state.ToQuery()}&{Rule}={Uri.EscapeDataString(rule.Key)}";

    private static string Key(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    private static Html Back(JudgeState state) => Html.Of($"""<nav class="pages" aria-label="Back"><a href="{state.Address}" data-key="Escape">Back to the record <kbd>Esc</kbd></a></nav>""");

    /// <param name="Count">Records that were looked at.</param>
    /// <param name="IsMore">Whether there are more.</param>
    private sealed record Looked(IReadOnlyList<AlikeVerdict> Verdicts, int Count, bool IsMore);
}
