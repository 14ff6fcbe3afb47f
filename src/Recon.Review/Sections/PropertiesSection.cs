using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>What happens to each property, and the most frequent changes.</summary>
internal static class PropertiesSection
{
    public static Html Of(PipelineReport report)
    {
        PropertyFacts[] told = [.. report.Properties.Where(IsTold)];
        string[] silent = [.. report.Properties.Where(property => !IsTold(property)).Select(property => property.Property)];
        long most = told.Select(property => property.Changes).DefaultIfEmpty().Max();
        long changes = told.Sum(property => property.Changes);
        return Fold.Of("Properties", changes == 0 ? "no change" : $"{Numbers.Count(changes, "value")} in {Numbers.Count(report.Statuses.Sum(status => status.WithChanges), "record")}", isOpen: true, content: Html.Of($"""
            {(told.Length == 0 ? Html.Of($"""<p class="none">No property would change.</p>""") : Html.Of($"""<ul class="properties">{told.Select(property => Row(property, most, report.Published))}</ul>"""))}
            {(told.Length == 0 || silent.Length == 0 ? Html.None : Html.Of($"""<p class="note">Nothing to tell of {string.Join(", ", silent)}.</p>"""))}
            """));
    }

    private static bool IsTold(PropertyFacts property) => property.Changes + property.Withheld + property.Rejected + (property.SameByMeaning ?? 0) > 0;

    private static Html Row(PropertyFacts property, long most, bool published) => Html.Of($"""
        <li><div class="head"><h4>{property.Property}</h4><p class="what">from {property.Column}, compared as {property.Comparison}</p>{Bar(property, most)}<p class="tally">{Tally(property)}</p></div>
        <div class="changes">{Transitions(property, published)}</div></li>
        """);

    private static Html Bar(PropertyFacts property, long most) => property.Changes == 0 ? Html.None : StackedBar.Of(
        $"{property.Property}: {Numbers.Count(property.Changes)} changes",
        property.Set is null ? [("change", property.Changes)]
            : [("set", property.Set.Value), ("change", property.Changed ?? 0), ("cleared", property.Cleared ?? 0)],
        most);

    private static Html Tally(PropertyFacts property) => Html.Join(
    [
        .. property.Set is null ? Number(property.Changes, "changes", "change")
            : [.. Number(property.Set, "set", "set"), .. Number(property.Changed, "changed", "change"), .. Number(property.Cleared, "cleared", "cleared")],
        .. Number(property.SameByMeaning, "equal by meaning", null),
        .. Number(property.Withheld, "withheld", null),
        .. Number(property.Rejected, "not readable", null),
    ]);

    private static IEnumerable<Html> Number(long? count, string what, string? colour) => count is null or 0 ? []
        : [Html.Of($"""<span data-what="{what}">{(colour is null ? Html.None : Html.Of($"""<span class="key c-{colour}"></span>"""))}<b>{Numbers.Count(count.Value)}</b> {what}</span> """)];

    private static Html Transitions(PropertyFacts property, bool published)
    {
        if (property.Changes == 0 || !published)
        {
            return Html.None;
        }

        Html others = property.Others == 0 ? Html.None
            : Html.Of($"""<li class="others"><span>{(property.Transitions.Count == 0 ? "values not told here" : "other changes")}</span><span class="n">{Numbers.Count(property.Others)}</span></li>""");
        return Html.Of($"""
            <ol class="transitions">{property.Transitions.Select(Row)}{others}</ol>
            """);
    }

    private static Html Row(TransitionFacts pair) => Html.Of($"""
        <li><span class="pair">{ValueView.Change(pair.From, pair.To)} {ValueView.Ids(pair.LegacyIds)}</span><span class="n">{Numbers.Count(pair.Records)}</span></li>
        """);
}
