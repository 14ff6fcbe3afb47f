using Recon.Dataflow.Binding;

namespace Recon.Postgres.Checks;

internal enum FindingSeverity
{
    /// <summary>It was looked at and is as it should be.</summary>
    Ok,

    /// <summary>A run works, but slowly, or with records or values left out.</summary>
    Warning,

    Error,
}

/// <summary>One thing that <c>recon check</c> looked at. Holds no value of a record and no secret.</summary>
/// <param name="Pipeline">The pipeline; empty for what concerns all of them.</param>
/// <param name="Subject">What was looked at, in a few words: <c>input</c>, <c>column hubspot.companies.name</c>.</param>
/// <param name="Message">What was found: one or several sentences.</param>
/// <param name="Fix">What to do, or the SQL to paste; <see langword="null"/> when there is nothing to do.</param>
/// <param name="File">The definition file, as the user named it.</param>
/// <param name="At">The part of the definition that it is about.</param>
internal sealed record Finding(
    FindingSeverity Severity,
    string Pipeline,
    string Subject,
    string Message,
    string? Fix,
    string File,
    DefinitionLocation At)
{
    /// <value>2 for an error (the default), 4 for a server that cannot be reached now, 0 otherwise.</value>
    public int ExitCode { get; init; } = Severity == FindingSeverity.Error ? 2 : 0;

    /// <summary>The kind of finding, for tools that sort, count or silence them: <c>index</c>, <c>server-version</c>.</summary>
    public string Code => FindingCode.Of(Subject).Id;

    /// <summary>The place in the definition, in the form that editors turn into a link: <c>file:line:column path</c>.</summary>
    public string Place => $"{File}:{At.Line}:{At.Column} {At.JsonPath}";

    /// <summary>The finding without its place.</summary>
    public string Sentence => $"{Subject}: {Message}{(Fix is null ? "" : $" {Fix}")}";

    /// <summary>The finding on one line (SQL to paste may add more), placed as problems of the definition are.</summary>
    public override string ToString()
        => $"{File}:{At.Line}:{At.Column}: {At.JsonPath}: {Severity.ToString().ToLowerInvariant()}: {Sentence}";
}
