using Recon.Dataflow.Definition;
using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>Leads from the page of a pipeline to those of the others; nothing where there is one.</summary>
internal static class PipelineTabs
{
    /// <param name="address">The address of a pipeline's page.</param>
    public static Html Of(IReadOnlyList<ValidPipeline> pipelines, ValidPipeline shown, Func<ValidPipeline, string> address) => pipelines.Count == 1 ? Html.None : Html.Of($"""
        <nav class="tabs" aria-label="Pipelines"><ul>{pipelines.Select(pipeline => Html.Of($"""<li><a href="{address(pipeline)}"{(pipeline.Name == shown.Name ? Html.Of($""" aria-current="true" """) : Html.None)}>{pipeline.Name}</a></li>"""))}</ul></nav>
        """);
}
