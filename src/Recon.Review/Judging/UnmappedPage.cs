using System.Globalization;
using Microsoft.AspNetCore.Http;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Postgres.Queries;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;
using Recon.Review.Web;

namespace Recon.Review.Judging;

/// <summary>Values that no map knows: the option for each is chosen here, and goes into the definition.</summary>
internal static class UnmappedPage
{
    private const string Path = "/unmapped";
    private const string Write = "/unmapped/write";
    private const string PipelineKey = "pipeline";
    private const string PropertyKey = "property";
    private const string ValueKey = "value";
    private const string OptionKey = "option";

    public static Web.ReviewPage Page { get; } = new("Unmapped values", Path, Map);

    private static void Map(ReviewRoutes routes)
    {
        routes.Get(Path, request => ShowAsync(request, null));
        routes.Post(Write, WriteAsync);
    }

    private static async Task<PageAnswer> ShowAsync(PageRequest request, Told? told)
    {
        List<Html> all = [];
        foreach (ValidPipeline pipeline in request.Settings.Pipelines)
        {
            if (await request.Settings.ReaderOf(pipeline).PublishedAsync(request.Stop) is { } run)
            {
                all.AddRange(PropertiesOf(request.Settings, pipeline, run).Select(property => Property(request.Settings, pipeline, property)));
            }
        }

        Html body = Html.Of($"""
            <section id="unmapped"><h1>Values that no map knows</h1>
            {(told is null ? Html.None : Html.Of($"""<p class="{(told.IsRefusal ? "alert" : "told")}" role="status">{told.Words}</p>"""))}
            {(all.Count == 0 ? Html.Of($"""<p class="calm">The published results have none.</p>""") : Html.Of($"""<p class="lead">Their records are compared without them. Choose what each stands for; what stays open is left as it is.</p>{all}"""))}</section>
            """);
        return request.IsFragment ? PageAnswer.Fragment(body) : request.Page("Unmapped values", body);
    }

    private static Html Property(ReviewSettings settings, ValidPipeline pipeline, UnmappedProperty property)
    {
        var values = new ValueShow(settings.IsMasked, 120);
        string name = $"{pipeline.Name}-{property.Name}";
        bool canWrite = !settings.IsReadOnly && !settings.IsMasked && settings.ReplaceDefinition is not null && property.IsInDefinition;
        return Html.Of($"""
            <form class="unmapped" method="post" action="{Write}" hx-post="{Write}" hx-target="#unmapped" hx-swap="outerHTML settle:0s"><h2><span class="what">{pipeline.Name}</span> {property.Name} <span class="what">from {property.Column}</span></h2>
            <input type="hidden" name="{PipelineKey}" value="{pipeline.Name}"><input type="hidden" name="{PropertyKey}" value="{property.Name}">
            <table class="slim"><thead><tr><th scope="col">value of the file</th><th scope="col">records</th><th scope="col">stands for</th></tr></thead>
            <tbody>{property.Values.Select((value, index) => Row(values, name, property, value, index, canWrite))}</tbody></table>
            {(property.Others == 0 ? Html.None : Html.Of($"""<p class="note">{Numbers.Count(property.Others)} further records have values that the run did not keep.</p>"""))}
            {(canWrite ? Html.Of($"""<p><button>Write into the definition</button> <span class="what">what is chosen is added to the map of {property.Name}; comments and everything else stay</span></p>""") : Html.Of($"""<p class="what">{WhyNot(settings, property)}</p>"""))}</form>
            {Paste(settings, pipeline, property)}
            """);
    }

    private static Html Row(ValueShow values, string name, UnmappedProperty property, UnmappedValue value, int index, bool canWrite)
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"{name}-{index}");
        Html options = Html.Of($"""<option value="">stays open</option>{property.Options.Select(option => Html.Of($"""<option value="{option}"{(option == value.Option ? Html.Of($" selected") : Html.None)}>{option}{(option == value.Option ? " (nearest)" : "")}</option>"""))}""");
        return Html.Of($"""
            <tr><th scope="row" id="{label}">{ValueView.Of(values.Of(value.Value))}</th><td data-label="records">{Numbers.Count(value.Count)}</td><td>{(canWrite ? Html.Of($"""<input type="hidden" name="{ValueKey}" value="{value.Value}"><select name="{OptionKey}" aria-labelledby="{label}" data-item>{options}</select>""") : Html.Of($"""{(value.Option is null ? "" : $"nearest: {value.Option}")}"""))}</td></tr>
            """);
    }

    private static string WhyNot(ReviewSettings settings, UnmappedProperty property) => settings switch
    {
        { IsReadOnly: true } => "Nothing can be written here: this page is read only.",
        { IsMasked: true } => "Values are hidden, so that none can be chosen for them.",
        _ when !property.IsInDefinition => "Its options are in a file of their own, or in a list: add the values there.",
        _ => "The definition cannot be written from here.",
    };

    private static Html Paste(ReviewSettings settings, ValidPipeline pipeline, UnmappedProperty property)
    {
        UnmappedValue[] near = settings.IsMasked ? [] : [.. property.Values.Where(value => value.Option is not null)];
        return near.Length == 0 ? Html.None : Html.Of($"""
            <p class="what">To paste into "values" of the map of {property.Name} in {pipeline.Name}, with the nearest options:</p><pre tabindex="0">{near.Select((value, index) => Html.Of($"""{(index == 0 ? Html.None : Html.Of($"\n"))}{$"{DefinitionEdit.Quoted(value.Value!)}: {DefinitionEdit.Quoted(value.Option!)},"}"""))}</pre>
            """);
    }

    private static async Task<PageAnswer> WriteAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (request.Pipeline(form[PipelineKey]) is not { } pipeline || form[PropertyKey] is not [{ } name]
            || await request.Settings.ReaderOf(pipeline).PublishedAsync(request.Stop) is not { } run
            || PropertiesOf(request.Settings, pipeline, run).FirstOrDefault(each => each.Name == name) is not { IsInDefinition: true } property
            || request.Settings.ReplaceDefinition is not { } replace)
        {
            return PageAnswer.Refused(StatusCodes.Status400BadRequest, "There is no such map on this page. Nothing was written.");
        }

        // Only values and options that the page has shown.
        KeyValuePair<string, string>[] chosen =
        [
            .. form[ValueKey].Zip(form[OptionKey]).Where(each => each.Second is { Length: > 0 })
                .Select(each => KeyValuePair.Create(each.First!, each.Second!))
                .Where(each => property.Values.Any(value => value.Value == each.Key) && property.Options.Contains(each.Value)),
        ];
        if (chosen.Length == 0)
        {
            return await ShowAsync(request, new Told("Nothing was chosen, so nothing was written.", IsRefusal: true));
        }

        string file = request.Settings.Reading.Locations.File;
        try
        {
            byte[] before = await File.ReadAllBytesAsync(file, request.Stop);
            byte[] after = DefinitionEdit.AddToMap(before, file, pipeline.Name, name, chosen);
            if (DefinitionReader.Parse(after, file).Definition is null)
            {
                return await ShowAsync(request, new Told($"{file} would not be valid any more, so nothing was written. Add the values by hand.", IsRefusal: true));
            }

            replace(before, after);
            return await ShowAsync(request, new Told(
                $"{Numbers.Count(chosen.Length, "value")} written into {file}: {name}. The next run uses them; until then the values are listed as the last run left them.", IsRefusal: false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return await ShowAsync(request, new Told($"Nothing was written. {exception.Message}", IsRefusal: true));
        }
    }

    private static IEnumerable<UnmappedProperty> PropertiesOf(ReviewSettings settings, ValidPipeline pipeline, LoggedRun run)
    {
        ReconciliationPlan plan;
        try
        {
            plan = ReconciliationPlan.Compile(
                pipeline,
                new ConversionContext(settings.Definition.Defaults, settings.Reading.BaseDirectory, settings.Definition.AllowPathsOutside),
                new HashSet<string>(),
                new HashSet<string>());
        }
        catch (Exception exception) when (exception is InputException or ConversionSetupException)
        {
            yield break;
        }

        foreach (IGrouping<string, UnmappedValue> values in UnmappedValue.Of(run.Counts, plan).GroupBy(value => value.Property))
        {
            PropertyPlan property = plan.Properties.First(each => each.Definition.Property == values.Key);
            yield return new UnmappedProperty(
                values.Key,
                values.First().Column,
                [.. values.Where(value => value.Value is not null)],
                values.Where(value => value.Value is null).Sum(value => value.Count),
                [.. property.Reader.Chain.Steps.SelectMany(step => UnmappedValue.OptionsOf(step.Step)).Select(option => option.Value).Where(option => option.Length > 0).Distinct(StringComparer.Ordinal)],
                property.Definition.Convert.OfType<MapDefinition>().Any(map => map.Values.Count > 0));
        }
    }

    /// <param name="Others">Records with values that were not kept.</param>
    /// <param name="Options">What the map makes of the values that it knows.</param>
    /// <param name="IsInDefinition">Whether the map is in the definition itself.</param>
    private sealed record UnmappedProperty(
        string Name, string Column, IReadOnlyList<UnmappedValue> Values, long Others, IReadOnlyList<string> Options, bool IsInDefinition);
}
