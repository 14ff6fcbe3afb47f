using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>A test of one column. All of the tests that are given must hold.</summary>
internal sealed record ConditionDefinition
{
    /// <summary>The column: of the file in <c>exclude</c> and <c>when</c>, of the mirror table in <c>where</c>.</summary>
    [Option("The column that is tested.", Required = true)]
    public string Column { get; init; } = "";

    [Option("Name under which the records are counted. Default: the column.")]
    public string? Name { get; init; }

    [Option("Holds when the trimmed value is exactly this.", Name = "equals")]
    public string? EqualTo { get; init; }

    [Option("Holds when the trimmed value is one of these.")]
    public IReadOnlyList<string>? In { get; init; }

    [Option("Holds when the trimmed value is none of these. \"No value\" is none of them.")]
    public IReadOnlyList<string>? NotIn { get; init; }

    [Option("true holds when there is no value, false when there is one.")]
    public bool? IsNull { get; init; }

    [Option("Holds when the value is at least this: compared as numbers when both are, else as text (ISO dates sort well).")]
    public string? Min { get; init; }

    [Option("Holds when the value is at most this; compared as \"min\".")]
    public string? Max { get; init; }

    [Option("Whether the column may be missing; the test then never holds.")]
    public bool Optional { get; init; }

    /// <summary>The condition in words.</summary>
    public string Sentence => Column + string.Concat(new[]
    {
        EqualTo is { } equal ? $" equals {equal}" : null,
        In is { } any ? $" is one of {string.Join(", ", any)}" : null,
        NotIn is { } none ? $" is none of {string.Join(", ", none)}" : null,
        IsNull is { } isNull ? isNull ? " has no value" : " has a value" : null,
        Min is { } min ? $" is at least {min}" : null,
        Max is { } max ? $" is at most {max}" : null,
    }.OfType<string>().Select((test, index) => index == 0 ? test : $" and{test}"));

    /// <summary>Name under which records are counted.</summary>
    public string Label => Name ?? Column;
}
