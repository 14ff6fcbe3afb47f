using System.Globalization;
using Recon.Postgres.Decisions;
using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;
using Recon.Review.Records;
using Recon.Review.Sections;

namespace Recon.Review.Judging;

/// <summary>What is around a record that is judged: queues, keys, what can be done.</summary>
internal static class JudgeFrame
{
    /// <param name="counts">Undecided records by status; <see langword="null"/> where they are being counted.</param>
    public static Html Queues(JudgeState state, FacetCounts? counts)
    {
        long? Left(string kind) => counts?.Facets.FirstOrDefault(facet => facet.Facet == ReviewFacet.Status)?.Values.FirstOrDefault(value => value.Value == kind)?.Records ?? (counts is null ? null : 0);
        Html filter = state.Filter == ReviewFilter.All ? Html.None
            : Html.Of($"""<p class="chips">Only some of them: {Enum.GetValues<ReviewFacet>().Where(facet => state.Filter[facet] is not null).Select(facet => Html.Of($"""<a class="chip" href="{(state with { Filter = state.Filter.With(facet, null), After = null, At = null, Try = null }).Address}">{FacetWords.Of(facet)}: {FacetWords.Of(facet, state.Filter[facet]!)} <span aria-hidden="true">×</span><span class="unseen">, take away</span></a>"""))}</p>""");
        return Html.Of($"""
            <nav class="queues" aria-label="What is left to decide"><ul>{JudgeState.Kinds.Select(kind => Html.Of($"""
                <li><a href="{(state with { Kind = kind, Filter = ReviewFilter.All, After = null, At = null, Try = null }).Address}"{Current(kind == state.Kind)}><b>{(Left(kind) is { } left ? Numbers.Count(left) : "…")}</b> {kind}</a></li>
                """))}</ul>{(counts is { IsOutdated: true } ? Html.Of($"""<p class="note">as counted at {counts.CountedAt.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC</p>""") : Html.None)}</nav>{filter}
            """);
    }

    public static Html Head(JudgeView view)
    {
        ReviewRow row = view.Row;
        string name = row.Columns.FirstOrDefault(column => column.Value is not null && column.Key.StartsWith("legacy_", StringComparison.Ordinal)).Value ?? "";
        Html notes = view.State.IsBlind || row.Notes is null ? Html.None : Html.Of($"""<p class="note"><bdi>{row.Notes}</bdi></p>""");
        return Html.Of($"""
            <header><h2><span class="what">{view.State.Pipeline.Name}</span> <bdi>{row.LegacyId}</bdi>{(name.Length == 0 ? Html.None : Html.Of($""" <span class="named">{ValueView.Of(view.Values.Of(name))}</span>"""))}</h2>
            <p class="what">{row.Status}{(row.IsDecided ? Html.Of($""" <span class="badge">decided</span>""") : Html.None)}{(row.Rule is { } rule && !view.State.IsBlind ? Html.Of($""", by {ValueView.Code(rule)}""") : Html.None)} · <a href="{RecordsAddress.OfRecord(view.State.Pipeline.Name, row.LegacyId!, view.State.Left)}" data-key="o">all of it <kbd>o</kbd></a></p>{notes}</header>
            """);
    }

    public static Html Verbs(JudgeView view)
    {
        JudgeState state = view.State;
        string next = (state with { After = view.Row.LegacyId, At = null, Try = null }).Address;
        Html skip = Html.Of($"""<a class="verb" href="{next}" hx-get="{next}" hx-target="#judge" hx-swap="outerHTML settle:0s" hx-push-url="true" data-key="s" data-item><kbd>s</kbd> skip</a>""");
        Html blind = Html.Of($"""<a class="verb" href="{(state with { IsBlind = !state.IsBlind }).Address}" data-key="b"><kbd>b</kbd> {(state.IsBlind ? "show scores" : "hide scores")}</a>""");
        if (view.Settings.IsReadOnly)
        {
            return Html.Of($"""<p class="verbs">{skip}{blind}<span class="what">Nothing can be decided here: this page is read only.</span></p>""");
        }

        Html none = view.Row.Status == JudgeState.Conflict ? Html.None
            : Html.Of($"""<button name="decision" value="no-match" data-key="n" data-item><kbd>n</kbd> {(view.Record.Candidates.Count > 0 ? "none of them" : "it has none")}</button>""");
        Html alike = state.Kind == JudgeState.Unmatched ? Html.None : Html.Of($"""<a class="verb" href="{JudgeState.Alike}?{(state with { At = view.Row.LegacyId, Try = null }).ToQuery()}" data-key="a"><kbd>a</kbd> the same for all alike</a>""");
        return Html.Of($"""
            <p class="verbs">{none}{skip}{alike}{blind}</p>
            <p class="noting"><label for="note">Why, for those who come later</label> <input id="note" name="note" type="text" maxlength="1000" autocomplete="off" data-key="w" dir="auto"> <span class="what keys">keys: 1 2 3 … choose, n none, s skip, u undo, w write why, arrows move</span></p>
            """);
    }

    /// <summary>Another HubSpot record than those that are shown.</summary>
    public static Html Other(JudgeView view)
    {
        if (view.Settings.IsReadOnly || view.Row.Status == JudgeState.Conflict)
        {
            return Html.None;
        }

        JudgeState state = view.State;
        return Html.Of($"""
            <form class="search" action="{JudgeState.Path}" method="get"><input type="hidden" name="{JudgeState.PipelineKey}" value="{state.Pipeline.Name}"><input type="hidden" name="status" value="{state.Kind}"><input type="hidden" name="{JudgeState.AtKey}" value="{view.Row.LegacyId}">{Field(JudgeState.AfterKey, state.After)}{Field(JudgeState.BlindKey, state.IsBlind ? "1" : null)}{Enum.GetValues<ReviewFacet>().Where(facet => facet is not (ReviewFacet.Status or ReviewFacet.Decided)).Select(facet => Field(ReviewFilter.KeyOf(facet), state.Filter[facet]))}{Field("q", state.Filter.Text)}
            <label for="try">Another HubSpot record, by its id</label><input id="try" name="{JudgeState.TryKey}" type="text" inputmode="numeric" pattern="[0-9]*" value="{state.Try}" data-key="/" autocomplete="off"> <button>Compare</button> <span class="what keys"><kbd>/</kbd> to type it</span></form>
            """);
    }

    /// <param name="last">The last decision that can be undone; <see langword="null"/> for none.</param>
    public static Html Undo(JudgeState state, Decision? last) => last is null ? Html.None : Html.Of($"""
        <form class="undo" method="post" action="{JudgeState.Undo}" hx-post="{JudgeState.Undo}" hx-target="#judge" hx-swap="outerHTML settle:0s">{JudgePage.StateField(state with { At = null, Try = null })}{JudgePage.StandingField(last)}<p><button data-key="u"><kbd>u</kbd> undo</button> <span class="what">the last decision of {last.DecidedBy}: <bdi>{last.LegacyId}</bdi> {Words(last)}</span></p></form>
        """);

    private static string Words(Decision decision) => decision.Kind switch
    {
        DecisionKind.Match => $"is HubSpot {decision.HubspotId}",
        DecisionKind.NoMatch => "has no HubSpot record",
        _ => $"counts as line {decision.SourceLine} says",
    };

    private static Html Field(string name, string? value) => value is null ? Html.None : Html.Of($"""<input type="hidden" name="{name}" value="{value}">""");

    private static Html Current(bool isIt) => isIt ? Html.Of($""" aria-current="true" """) : Html.None;
}
