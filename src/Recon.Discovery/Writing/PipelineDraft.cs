using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>A pipeline that keeps the rules of definitions and passes its own test, made from a proposal.</summary>
/// <param name="Defaults">The defaults of the file that it is for.</param>
/// <param name="Active">The properties of the diff block, in its order.</param>
/// <param name="Doubtful">Those that are comments, with the reason.</param>
internal sealed partial record PipelineDraft(
    PipelineProposal Proposal,
    WriterSettings Settings,
    DefaultsDefinition Defaults,
    PipelineDefinition Pipeline,
    IReadOnlyList<PropertyProposal> Active,
    IReadOnlyList<(PropertyProposal Property, string Why)> Doubtful)
{
    private static readonly Dictionary<string, string> s_engagements = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CALL"] = "calls",
        ["EMAIL"] = "emails",
        ["MEETING"] = "meetings",
        ["NOTE"] = "notes",
        ["TASK"] = "tasks",
    };

    /// <summary>Whether the input lies outside of the definition's folder.</summary>
    public bool LeavesFolder => Path.IsPathRooted(Settings.Path) || Settings.Path.Split('/').Contains("..");

    /// <exception cref="ArgumentException">The proposal has no property that a definition takes.</exception>
    public static async Task<PipelineDraft> MakeAsync(PipelineProposal proposal, WriterSettings settings, CancellationToken cancellationToken)
    {
        DefaultsDefinition defaults = settings.Defaults ?? DraftDefaults.Of(proposal);
        List<PropertyProposal> all = [.. proposal.Properties.Select(property => property with { Definition = DraftDefaults.Under(defaults, property.Definition) })];
        List<PropertyProposal> active = [.. all.Where(property => property.IsActive)];
        List<(PropertyProposal, string)> doubtful = [.. all.Where(property => !property.IsActive).Select(property => (property, property.Evidence))];
        if (active.Count == 0 && all.MaxBy(property => property.Agree / (double)Math.Max(1, property.Pairs)) is { } best)
        {
            // A definition has a property. One that nobody is sure of is looked at, and never written to HubSpot.
            active.Add(best with { Definition = best.Definition with { Policy = UpdatePolicy.CompareOnly } });
            doubtful.RemoveAll(each => each.Item1 == best);
        }

        List<ParentProposal> parents = [.. proposal.Parents];
        while (true)
        {
            if (active.Count == 0)
            {
                throw new ArgumentException("The proposal has no property that a definition takes.", nameof(proposal));
            }

            PipelineDraft draft = new(
                proposal with { Parents = parents }, settings, defaults, Pipe(proposal, settings, defaults, active, parents), active, doubtful);
            DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(DefinitionWriter.NewFile(draft)), Path.Combine(settings.Folder, "pipeline.json"));
            if (reading.Definition is { } valid)
            {
                ValidPipeline pipeline = valid.Pipelines[0];
                DraftTests tests = new(new DefinitionTests(valid, settings.Folder), pipeline, draft.Proposal, defaults);
                return await tests.MakeAsync(cancellationToken) is { } test ? draft with { Pipeline = draft.Pipeline with { Tests = [test] } } : draft;
            }

            // What a rule refuses is a comment with the rule, whatever the values say.
            DefinitionProblem problem = reading.Problems[0];
            Match place = Place().Match(problem.JsonPath);
            if (place.Groups["property"] is { Success: true } property)
            {
                int index = int.Parse(property.Value, CultureInfo.InvariantCulture);
                doubtful.Add((active[index], problem.Message));
                active.RemoveAt(index);
            }
            else if (place.Groups["block"] is { Success: true } block && int.Parse(block.Value, CultureInfo.InvariantCulture) - 3 is >= 0 and int parent && parent < parents.Count)
            {
                parents.RemoveAt(parent);
            }
            else
            {
                throw new ArgumentException($"The proposal makes no definition: {problem.JsonPath}: {problem.Message}", nameof(proposal));
            }
        }
    }

    private static PipelineDefinition Pipe(
        PipelineProposal proposal, WriterSettings settings, DefaultsDefinition defaults, List<PropertyProposal> active, List<ParentProposal> parents)
    {
        IdProposal id = proposal.Id;
        ConditionDefinition[] where = [.. proposal.Where.Select(filter => new ConditionDefinition { Column = filter.Column, EqualTo = filter.EqualTo, Optional = true })];
        PropertyDefinition[] properties = [.. active.Select(property => property.Definition)];
        return new PipelineDefinition
        {
            Name = settings.Name,
            Object = ObjectOf(proposal.Table, properties),
            Blocks =
            [
                DraftDefaults.Under(defaults, proposal.File.ToBlock(settings.Path, id.Column), proposal) with
                {
                    IdType = id.Type,
                    IdForm = id.Form,
                    Exclude = [.. proposal.Exclude.Select(filter => new ConditionDefinition { Name = filter.Name, Column = filter.Column, EqualTo = filter.EqualTo, Optional = true })],
                },
                new BatchBlockDefinition(),
                new LookupBlockDefinition
                {
                    Name = "match",
                    Table = proposal.Table,
                    Key = id.Key,
                    Id = id.HubspotId,
                    MirrorKeys = id.MirrorKeys,
                    Where = where,
                },
                .. parents.Select(parent => new LookupBlockDefinition
                {
                    Role = LookupRole.Parent,
                    Name = parent.Name,
                    Table = parent.Table,
                    Key = parent.Key,
                    Id = parent.HubspotId,
                    From = parent.Column,
                    FromType = parent.Type,
                    Where = where,
                }),
                new DiffBlockDefinition { Properties = properties },
                StageNames.Of(settings, proposal.Table, properties, parents),
            ],
        };
    }

    // HubSpot has no object "engagements": the property that says which one a record is says it here, too.
    private static ObjectDefinition? ObjectOf(string table, PropertyDefinition[] properties)
    {
        if (HubspotObjects.OfTable(table) is not null
            || properties.FirstOrDefault(property => property.Property == "hs_engagement_type") is not { Column: { } column, Convert: [.., MapDefinition map] })
        {
            return null;
        }

        OrderedDictionary<string, string> types = [];
        foreach ((string legacy, string hubspot) in map.Values)
        {
            if (!s_engagements.TryGetValue(hubspot, out string? type))
            {
                return null;
            }

            types[legacy] = type;
        }

        return types.Count == 0 ? null : new ObjectDefinition { From = column, Map = types };
    }

    [GeneratedRegex(@"^\$\.pipelines\[0\]\.blocks\[(?<block>\d+)\](\.properties\[(?<property>\d+)\])?")]
    private static partial Regex Place();
}
