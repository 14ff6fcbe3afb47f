using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>Values of records: apart from the text around them, whichever way they are written.</summary>
internal static class ValueView
{
    public static Html Of(ShownValue? value) => value switch
    {
        null => Html.Of($"""<span class="nil">nothing</span>"""),
        { Text: "" } => Html.Of($"""<span class="nil">empty</span>"""),
        { Length: { } length } => Html.Of($"""<bdi class="v" dir="auto">{value.Text}</bdi><span class="cut">{(length > value.Text.Length ? "… of" : "")} {Numbers.Count(length, "character")}</span>"""),
        _ => Html.Of($"""<bdi class="v" dir="auto">{value.Text}</bdi>"""),
    };

    /// <summary>What HubSpot holds and what it would hold.</summary>
    public static Html Change(ShownValue? from, ShownValue? to)
        => Html.Of($"""<span class="old">{Of(from)}</span> <span class="to" aria-label="becomes">→</span> <span class="new">{Of(to)}</span>""");

    /// <summary>What HubSpot keeps, though the file says something else.</summary>
    public static Html Kept(ShownValue? hubspot, ShownValue? legacy)
        => Html.Of($"""<span class="what">HubSpot keeps</span> {Of(hubspot)}<span class="what">; the file has</span> {Of(legacy)}""");

    /// <summary>Some ids of records, of which there may be more.</summary>
    public static Html Ids(IReadOnlyList<string> ids) => ids.Count == 0 ? Html.None
        : Html.Of($"""<span class="ids">e.g. {ids.Select((id, index) => Html.Of($"""{(index == 0 ? "" : ", ")}<bdi>{id}</bdi>"""))}</span>""");

    public static Html Code(string text) => Html.Of($"""<code>{text}</code>""");
}
