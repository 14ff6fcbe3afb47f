using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Collects what the rules find, and leaves out what merely follows from an earlier problem.</summary>
internal sealed class RuleReport(DefinitionLocations locations, IReadOnlyList<DefinitionProblem> earlier)
{
    private readonly List<DefinitionProblem> _problems = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<DefinitionProblem> Problems => _problems;

    /// <summary>Adds a problem with something that is in the file.</summary>
    /// <param name="member">The member at fault; <see langword="null"/> for the record.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="index">The item of a member that is a list.</param>
    public void Add(object node, string? member, string message, int? index = null)
    {
        if (_problems.Count >= DefinitionProblem.MaxListed)
        {
            return;
        }

        DefinitionProblem problem = locations.Problem(node, member, message, index);

        // A missing key is reported at its record, and says nothing about the record's other members.
        if (!earlier.Any(known => DefinitionPath.IsWithin(problem.JsonPath, known.JsonPath) && !IsMissingKey(known)))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>
    /// Adds a problem with something that is missing from a record. It is left out when something inside of the record
    /// is misspelt or does not fit: that may be what is missing.
    /// </summary>
    /// <param name="member">A list in which it is missing; <see langword="null"/> for the record.</param>
    public void AddMissing(object node, string? member, string message)
    {
        if (_problems.Count >= DefinitionProblem.MaxListed)
        {
            return;
        }

        DefinitionProblem problem = locations.Problem(node, member, message);
        if (!earlier.Any(known => DefinitionPath.IsWithin(known.JsonPath, problem.JsonPath)))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Whether the file gives a member.</summary>
    public bool Gives(object node, string member) => locations.Gives(node, member);

    /// <summary>Whether a member of a record could not be read, so that it has its default instead.</summary>
    public bool HasProblem(object node, string member)
    {
        string path = locations.PathOf(node, member);
        return Gives(node, member) && earlier.Any(known => DefinitionPath.IsWithin(known.JsonPath, path));
    }

    /// <summary>Whether a block of a pipeline could not be read, or its name or role could not: references cannot be checked then.</summary>
    public bool HasUnreadableBlocks(PipelineDefinition pipeline)
    {
        string blocks = locations.PathOf(pipeline, nameof(PipelineDefinition.Blocks));
        return earlier.Any(known => DefinitionPath.IsWithin(known.JsonPath, blocks)
            && known.JsonPath[blocks.Length..] is string rest
            && (rest.Length == 0 || !rest.Contains('.', StringComparison.Ordinal)
                || rest[rest.IndexOf('.', StringComparison.Ordinal)..] is ".kind" or ".name" or ".role"));
    }

    private static bool IsMissingKey(DefinitionProblem known) =>
        known.Message.StartsWith("missing key", StringComparison.Ordinal);
}
