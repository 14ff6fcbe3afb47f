using System.Globalization;
using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;
using Recon.Review.Records;
using Recon.Review.Sections;

namespace Recon.Review.Judging;

/// <summary>A legacy record beside the HubSpot records that it may be: what agrees by meaning, what differs, what tells them apart.</summary>
internal static class CandidateTable
{
    /// <summary>Candidates that are shown beside each other; the others are counted, and can be chosen by their id.</summary>
    private const int Most = 9;

    /// <param name="isTried">Whether it is one that somebody typed.</param>
    public static Html Of(JudgeView view, bool isTried)
    {
        IReadOnlyList<ReviewCandidate> candidates = [.. view.Record.Candidates.Take(Most)];
        int left = view.Record.Candidates.Count - candidates.Count;
        if (candidates.FirstOrDefault(candidate => !candidate.IsMissing) is not { } any)
        {
            return Html.Of($"""<p class="alert">{(isTried ? $"HubSpot record {candidates[0].HubspotId} is not in {view.State.Pipeline.Match.Table}." : $"None of the {Numbers.Count(candidates.Count)} HubSpot records is in {view.State.Pipeline.Match.Table} any more. The next run looks again.")}</p>""");
        }

        int[] all = [.. Enumerable.Range(0, any.Properties.Count)];
        int[] telling = candidates.Count == 1 ? [.. all.Where(index => any.Properties[index].Standing is not CandidateStanding.BothEmpty)] : [.. all.Where(index => any.Properties[index].Tells)];
        int[] quiet = [.. all.Except(telling)];
        Html rest = quiet.Length == 0 ? Html.None
            : Fold.Of(candidates.Count == 1 ? "Nothing on both sides" : "What does not tell them apart", string.Join(", ", quiet.Select(index => any.Properties[index].Property)), Table(view, candidates, quiet, withHead: false), isOpen: telling.Length == 0);
        return Html.Of($"""
            {(telling.Length == 0 && candidates.Count > 1 ? Html.Of($"""<p class="note">The HubSpot records are alike in every property that is mapped: they may be doubles of each other.</p>""") : Html.None)}{Table(view, candidates, telling, withHead: true)}{rest}
            {(left > 0 ? Html.Of($"""<p class="note">{Numbers.Count(left)} further HubSpot records are not shown; compare with one of them by its id.</p>""") : Html.None)}
            """);
    }

    /// <summary>A record that nothing was found for.</summary>
    public static Html Alone(JudgeView view, ReviewedRecord? record)
    {
        IReadOnlyList<KeyValuePair<string, string?>> values = record is { Source: { } source }
            ? [.. source.Cells.Where(cell => cell.Value.Length > 0).Select(cell => KeyValuePair.Create(cell.Key, (string?)cell.Value))]
            : record?.Raw ?? [];
        return Html.Of($"""
            <p>No HubSpot record was found for it.</p>
            <dl class="facts-of">{values.Select(value => Html.Of($"""<div><dt>{value.Key}</dt><dd>{ValueView.Of(view.Values.Of(value.Value))}</dd></div>"""))}</dl>
            """);
    }

    private static Html Table(JudgeView view, IReadOnlyList<ReviewCandidate> candidates, int[] properties, bool withHead) => Html.Of($"""
        <div class="across" tabindex="0" role="region" aria-label="{(withHead ? "The record and its candidates" : "Further properties")}"><table class="judge"><thead><tr><th scope="col">property</th><th scope="col">{(withHead ? "the file says" : "file")}</th>{candidates.Select((candidate, place) => withHead ? Head(view, candidate, place) : Html.Of($"""<th scope="col"><span class="id">{candidate.HubspotId.ToString(CultureInfo.InvariantCulture)}</span></th>"""))}</tr></thead>
        <tbody>{properties.Select(index => Row(view, candidates, index))}</tbody></table></div>
        """);

    private static Html Head(JudgeView view, ReviewCandidate candidate, int place)
    {
        string key = (place + 1).ToString(CultureInfo.InvariantCulture);
        string? type = view.State.Pipeline.ObjectTypes is [var only] ? only : null;
        Html choose = view.Settings.IsReadOnly || candidate.IsMissing ? Html.None
            : Html.Of($"""<button name="decision" value="match {candidate.HubspotId.ToString(CultureInfo.InvariantCulture)}" data-key="{key}" data-item><kbd>{key}</kbd> it is this one</button>""");
        Html score = candidate.IsMissing ? Html.Of($"""<span class="badge">not in the mirror any more</span>""")
            : view.State.IsBlind ? Html.None
            : Html.Of($"""<span class="what">agrees in {Numbers.Count(candidate.Agreeing)}, differs in {Numbers.Count(candidate.Differing)}</span>""");
        return Html.Of($"""<th scope="col">{HubspotLink.Of(view.Settings.Definition.Hubspot, type, candidate.HubspotId)}{score}{choose}</th>""");
    }

    private static Html Row(JudgeView view, IReadOnlyList<ReviewCandidate> candidates, int index)
    {
        CandidateProperty first = candidates.First(candidate => !candidate.IsMissing).Properties[index];
        return Html.Of($"""
            <tr><th scope="row">{first.Property}</th><td>{ValueView.Of(view.Values.Of(first.Legacy))}</td>{candidates.Select(candidate => candidate.IsMissing ? Html.Of($"<td></td>") : Cell(view, candidate.Properties[index]))}</tr>
            """);
    }

    private static Html Cell(JudgeView view, CandidateProperty property)
    {
        (string kind, string sign, string words) = property.Standing switch
        {
            CandidateStanding.Agrees => ("agrees", "=", $"agrees as {property.Rule}"),
            CandidateStanding.Differs => ("differs", "≠", "differs"),
            CandidateStanding.LegacyEmpty => ("one", "", "the file has nothing"),
            CandidateStanding.HubspotEmpty => ("one", "", "HubSpot has nothing"),
            CandidateStanding.BothEmpty => ("one", "", "nothing on both sides"),
            _ => ("one", "", "not compared"),
        };
        return Html.Of($"""<td class="{kind}"><span class="sign" aria-hidden="true">{sign}</span>{ValueView.Of(view.Values.Of(property.Hubspot))}<span class="unseen">, {words}</span></td>""");
    }
}
