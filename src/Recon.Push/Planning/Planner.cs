using System.Text.Json;
using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Updates;
using Recon.Postgres.Catalog;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;

namespace Recon.Push.Planning;

/// <summary>Makes a plan from the published results, in one transaction and in flat memory.</summary>
internal sealed class Planner(NpgsqlDataSource source, ValidDefinition definition)
{
    private const int NamedShared = 20;
    private const int TransitionsOfAProperty = 5;

    private readonly StagingTables _tables = new(definition.Staging.Schema);

    /// <returns>What the plan is to do; without a plan where there is nothing to do.</returns>
    /// <exception cref="PushRefusedException">Nothing tells the object of a pipeline's records, or of its parents'.</exception>
    /// <exception cref="StagingException">A pipeline has no result.</exception>
    public async Task<PlanSummary> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        await using (NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken))
        {
            await new StagingSchema(_tables).CreateAsync(connection, [], cancellationToken);
        }

        await using PlanWriter writer = await PlanWriter.BeginAsync(source, _tables, Guid.CreateVersion7(), cancellationToken);
        List<SourcePart> parts = [];
        foreach ((int place, ValidPipeline pipeline) in request.Pipelines.Index())
        {
            parts.Add(await ReadAsync(writer, place, pipeline, request, cancellationToken));
        }

        (long clashed, IReadOnlyList<Clash> clashes) = await writer.RemoveClashesAsync(cancellationToken);
        int records = await writer.SettleItemsAsync(request.Limit, cancellationToken);
        (int links, long linked) = await writer.SettleLinksAsync(request.Portal, request.Limit is not null, cancellationToken);
        var summary = new PlanSummary
        {
            Records = records,
            Links = links,
            LinksWritten = linked,
            Clashed = clashed,
            Clashes = [.. parts.SelectMany(part => part.Shared), .. clashes],
            Portal = request.Portal,
            LeftOut = [.. parts.Select(part => (part.Pipeline.Name, part.LeftOut))],
            Notes = [.. parts.SelectMany(part => part.Notes)],
        };
        return records + links == 0 ? summary : await EnterAsync(writer, parts, request, summary, cancellationToken);
    }

    private async Task<SourcePart> ReadAsync(
        PlanWriter writer, int place, ValidPipeline pipeline, PlanRequest request, CancellationToken cancellationToken)
    {
        if (pipeline.ObjectTypes.Count == 0)
        {
            throw new PushRefusedException(
                $"Nothing tells which HubSpot object the records of '{pipeline.Name}' are. Name it in the definition (\"object\": \"companies\"), or name the pipelines to plan.");
        }

        await using PublishedReader reader = await PublishedReader.OpenAsync(source, definition, pipeline, request.Filter.Status, cancellationToken);
        var translator = new ItemTranslator(pipeline.Name, pipeline.ObjectType, pipeline.Source.Object, pipeline.TypeProperties);
        translator.LeftOut.Shared = reader.Shared;
        translator.LeftOut.ClaimedElsewhere = reader.GivenWay;
        Clash[] shared = reader.Shared == 0 ? [] :
        [
            .. (await reader.NameSharedAsync(NamedShared, cancellationToken)).Select(each => new Clash(
                pipeline.ObjectType ?? pipeline.Name, each.HubspotId, [.. each.LegacyIds.Select(id => $"{pipeline.Name} {id}")])),
        ];
        long matched = await reader.CountMatchedAsync(cancellationToken);
        await writer.AddItemsAsync(
            place,
            reader.ReadAsync(cancellationToken).Select(request.Filter.Narrow).OfType<ReconciledRecord>()
                .Where(record => record is { Status: "matched", Updates.Count: > 0, HubspotId: not null }).Select(translator.Translate).OfType<PlannedItem>(),
            cancellationToken);
        ParentColumns[] parents = [.. pipeline.Source.Associate.Where(request.IsWanted).Select(lookup => ParentColumns.Of(pipeline, lookup)!)];
        if (parents.Length > 0 && request.Filter.Status == "matched")
        {
            Dictionary<string, string> targets = parents.ToDictionary(
                parent => parent.Lookup, parent => LinkTarget.TypeOf(definition, pipeline, parent.Lookup), StringComparer.Ordinal);
            await writer.AddLinksAsync(
                place,
                reader.ReadParentsAsync(parents, cancellationToken)
                    .Where(parent => request.Filter.MinConfidence is not { } least || parent.Confidence >= least)
                    .Select(parent => Link(pipeline, translator, targets, parent)).OfType<PlannedLink>(),
                cancellationToken);
        }

        return new SourcePart(
            pipeline,
            [.. reader.Runs.Select(run => run.Id)],
            translator.LeftOut,
            PlanBrakes.Of(request.Push, matched),
            shared,
            [.. reader.Unread.Select(other => $"{pipeline.Name}: whether '{other}' claims the same HubSpot records is not known: this role may not read its result.")]);
    }

    private static PlannedLink? Link(ValidPipeline pipeline, ItemTranslator translator, Dictionary<string, string> targets, StagedParent parent)
    {
        if (parent.ParentId is not { } target)
        {
            LeftOut.Add(translator.LeftOut.UnresolvedParents, parent.Lookup);
            return null;
        }

        if (translator.TypeOf(parent.ObjectType) is not { } type)
        {
            LeftOut.Add(translator.LeftOut.UntypedLinks, parent.Lookup);
            return null;
        }

        if (parent.IsOtherType)
        {
            LeftOut.Add(translator.LeftOut.OtherTypeLinks, parent.Lookup);
            return null;
        }

        return new PlannedLink(pipeline.Name, parent.Lookup, type, parent.HubspotId, targets[parent.Lookup], target, parent.LegacyId);
    }

    private async Task<PlanSummary> EnterAsync(
        PlanWriter writer, List<SourcePart> parts, PlanRequest request, PlanSummary summary, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = writer.Connection;
        await SqlText.Of($"analyze {_tables.PushItem}").ExecuteAsync(connection, cancellationToken);
        string hash = await StoredPlan.HashAsync(connection, _tables, writer.PlanId, request.Portal, cancellationToken);
        var figures = new PlanFigures(_tables);
        List<PropertyFigures> properties = await figures.PropertiesAsync(connection, writer.PlanId, hash, cancellationToken);
        List<(string Pipeline, string ObjectType, long Items)> batches = await figures.BatchesAsync(connection, writer.PlanId, cancellationToken);
        List<(string Pipeline, string Lookup, long Links)> links = await figures.LinkBatchesAsync(connection, writer.PlanId, cancellationToken);
        PortalLimits limits = await new PortalStore(_tables).FindAsync(connection, request.Portal, cancellationToken) ?? PlanPortal.Usual;
        string[] types = [.. batches.Select(batch => batch.ObjectType).Distinct(StringComparer.Ordinal)];
        PlanPart[] planned =
        [
            .. parts.Select(part => new PlanPart(
                part.Pipeline.Name,
                part.Runs is [var run, ..] ? run : null,
                batches.Where(batch => batch.Pipeline == part.Pipeline.Name).Sum(batch => batch.Items),
                links.Where(batch => batch.Pipeline == part.Pipeline.Name).Sum(batch => batch.Links),
                [.. batches.Where(batch => batch.Pipeline == part.Pipeline.Name).Select(batch => batch.ObjectType).Distinct(StringComparer.Ordinal)],
                JsonSerializer.Serialize(part.LeftOut, PlanJson.Default.LeftOut),
                JsonSerializer.Serialize(part.Brakes, PlanJson.Default.PlanBrakes))
            {
                Runs = part.Runs,
            }),
        ];
        var plan = new PushPlan(writer.PlanId, request.Portal, hash, request.By, DateTimeOffset.UnixEpoch, PlanState.Planned, planned);
        summary = summary with
        {
            Plan = plan,
            Types = [.. types.Select(type => (type, batches.Where(batch => batch.ObjectType == type).Sum(batch => batch.Items)))],
            Properties = properties,
            Transitions = await figures.TransitionsAsync(connection, writer.PlanId, hash, TransitionsOfAProperty, cancellationToken),
            LinksReady = [.. links.GroupBy(link => (link.Pipeline, link.Lookup)).Select(group => (group.Key.Pipeline, group.Key.Lookup, group.Sum(link => link.Links)))],
            Calls = CallForecast.For(
                [.. batches.Select(batch => batch.Items)], types.Length, links.Count, request.Push.Canary, request.Push.KeepHumanEdits),
            Limits = limits,
            Exceeded = PlanBrakes.Exceeded(
                [.. parts.Zip(planned, (part, enters) => (
                    part.Pipeline.Name,
                    part.Brakes,
                    enters.Records,
                    properties.Where(property => !property.IsLink && property.Pipeline == part.Pipeline.Name).Sum(property => property.Cleared)))]),
        };
        await writer.CompleteAsync(plan, cancellationToken);
        return summary;
    }

    private sealed record SourcePart(
        ValidPipeline Pipeline, IReadOnlyList<Guid> Runs, LeftOut LeftOut, PlanBrakes Brakes, IReadOnlyList<Clash> Shared, IReadOnlyList<string> Notes);
}

/// <summary>What is to be planned.</summary>
/// <param name="Limit">Most records; associations then are those of these records.</param>
internal sealed record PlanRequest(
    IReadOnlyList<ValidPipeline> Pipelines, UpdateFilter Filter, long? Limit, string By, long Portal, PushDefinition Push)
{
    /// <summary>Whether a lookup's associations are wanted: all are, unless properties were named.</summary>
    public bool IsWanted(string lookup) => Filter.Properties.Count == 0 || Filter.Properties.Contains(PlannedLink.PropertyOf(lookup));
}
