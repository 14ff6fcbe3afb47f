using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>Parents that were not found, by how many records each blocks.</summary>
internal static class ParentsSection
{
    public static Html Of(PipelineReport report) => report.Parents.Count == 0 ? Html.None : Fold.Of(
        "Missing parents",
        string.Join(", ", report.Parents.Select(parents => $"{parents.Lookup}: {Numbers.Count(parents.RecordsMissing, "record")}")),
        Html.Of($"""<p class="note">Records of the file name these ids, and no single HubSpot record was found for them. The records themselves are staged; their parent stays open.</p><div class="parents">{report.Parents.Select(Lookup)}</div>"""));

    private static Html Lookup(ParentFacts parents)
    {
        long most = parents.Missing.Select(parent => parent.Records).Append(parents.OtherRecords).Max();
        string reasons = parents.Reasons.Count == 0 ? "" : $": {string.Join(", ", parents.Reasons.Select(reason => $"{Numbers.Count(reason.Value)} {reason.Key}"))}";
        return Html.Of($"""
            <div><h4>{parents.Lookup}</h4><p class="what">{Sentences.Missing(parents)}{reasons}</p>
            <ol class="samples values">{parents.Missing.Select(parent => Html.Of($"""<li><span>{ValueView.Of(parent.LegacyId)}</span><span class="n" title="records">{Numbers.Count(parent.Records)}</span>{StackedBar.Of($"{Numbers.Count(parent.Records)} records", [("missing", parent.Records)], most)}</li>"""))}{Others(parents, most)}</ol></div>
            """);
    }

    private static Html Others(ParentFacts parents, long most) => parents.OtherRecords == 0 ? Html.None : Html.Of($"""
        <li><span class="what">{(parents.OtherParents == 0 ? "others" : Numbers.Count(parents.OtherParents, "other"))}</span><span class="n">{Numbers.Count(parents.OtherRecords)}</span>{StackedBar.Of($"{Numbers.Count(parents.OtherRecords)} records", [("folded", parents.OtherRecords)], most)}</li>
        """);
}
