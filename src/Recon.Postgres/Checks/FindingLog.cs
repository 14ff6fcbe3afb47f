using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Checks;

/// <param name="Member">One of its properties (<c>nameof</c>); <see langword="null"/> for the record.</param>
/// <param name="Index">The item of a property that is a list.</param>
internal readonly record struct FindingPlace(object Node, string? Member = null, int? Index = null);

/// <summary>Collects findings of one pipeline (or of none) and resolves their places.</summary>
internal sealed class FindingLog(DefinitionLocations locations, List<Finding> findings, string pipeline)
{
    public FindingLog(DefinitionLocations locations)
        : this(locations, [], "")
    {
    }

    /// <summary>Everything found so far, of all pipelines.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Whether something would fail a run of this pipeline.</summary>
    public bool HasErrors => findings.Exists(finding => finding.Severity == FindingSeverity.Error && finding.Pipeline == pipeline);

    public FindingLog For(ValidPipeline one) => new(locations, findings, one.Name);

    public void Ok(string subject, FindingPlace place, string message)
        => Add(FindingSeverity.Ok, subject, place, message, null);

    public void Warn(string subject, FindingPlace place, string message, string? fix)
        => Add(FindingSeverity.Warning, subject, place, message, fix);

    public void Error(string subject, FindingPlace place, string message, string? fix)
        => Add(FindingSeverity.Error, subject, place, message, fix);

    /// <summary>The server cannot be reached now.</summary>
    public void Unreachable(string subject, FindingPlace place, string message)
        => Add(FindingSeverity.Error, subject, place, message, null, exitCode: 4);

    private void Add(
        FindingSeverity severity, string subject, FindingPlace place, string message, string? fix, int? exitCode = null)
    {
        var finding = new Finding(
            severity,
            pipeline,
            subject,
            message,
            fix,
            locations.File,
            locations.Find(place.Node, place.Member, place.Index));
        finding = exitCode is { } code ? finding with { ExitCode = code } : finding;

        // A fallback shares its table and conditions with the match lookup: told once is enough.
        if (!findings.Contains(finding))
        {
            findings.Add(finding);
        }
    }
}
