using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>What a run was made from, and how it was set.</summary>
internal static class SettingsSection
{
    public static Html Of(PipelineReport report)
    {
        (RunFacts run, SettingsFacts settings) = (report.Run, report.Settings);
        return Fold.Of("Run and settings", $"{run.Outcome}, recon {run.ToolVersion}", Html.Of($"""
            <dl>
            {Term("run", Html.Of($"""<span class="id">{run.RunId}</span>, {run.Outcome}{(run.Partial ? ", partial" : "")}"""))}
            {Term("began", Html.Of($"""<time>{run.Started}</time>{(run.Seconds is { } seconds ? Html.Of($""", took <time>{Numbers.Duration(seconds)}</time>""") : Html.None)}"""))}
            {(run.Way is null ? Html.None : Term("way", Html.Of($"""{run.Way}{(run.Written is { } written ? $", {Numbers.Count(written, "row")} written" : "")}{(string.IsNullOrEmpty(run.WayReason) ? "" : $": {run.WayReason}")}""")))}
            {(run.Gates.Count == 0 ? Html.None : Term("gates exceeded", Html.Of($"{string.Join(", ", run.Gates)}")))}
            {(run.Message is null ? Html.None : Term("message", Html.Of($"{run.Message}")))}
            {Term("input", Html.Of($"""{settings.InputFiles} <span class="id">{settings.InputFingerprint}</span>"""))}
            {Term("definition", Html.Of($"""<span class="id">{settings.DefinitionFingerprint}</span>{(settings.DefinitionIsTheSame ? "" : ", since changed")}"""))}
            {Term("recon", Html.Of($"""<span class="id">{run.ToolVersion}</span>"""))}
            {Term("time zone", Html.Of($"{settings.TimeZone}"))}
            {settings.Lookups.Select(lookup => Term($"lookup {lookup.Name}", Html.Of($"""{lookup.Role} by {lookup.Key} in {lookup.Table}{(lookup.Strategy is null ? "" : $"; strategy {lookup.Strategy}")}{(string.IsNullOrEmpty(lookup.Reason) ? "" : $" ({lookup.Reason})")}""")))}
            {Term("blocks", Html.Of($"""{settings.Blocks.Select((block, index) => Html.Of($"""{(index == 0 ? Html.None : Html.Of($"<br>"))}{block}"""))}"""))}
            </dl>
            """));
    }

    private static Html Term(string name, Html value) => Html.Of($"""
        <dt>{name}</dt><dd>{value}</dd>
        """);
}
