using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>A test of one column. All of the tests that are given must hold.</summary>
internal sealed record ConditionDefinition
{
    /// <summary>The column: of the file in <c>exclude</c> and <c>when</c>, of the mirror table in <c>keep</c>.</summary>
    [Option("The column that is tested.", Required = true)]
    public string Column { get; init; } = "";

    /// <summary>Name under which filtered records are counted; the column when <see langword="null"/>.</summary>
    [Option("Name under which the records are counted. Default: the column.")]
    public string? Name { get; init; }

    /// <summary>Holds when the trimmed value is exactly this.</summary>
    [Option("Holds when the trimmed value is exactly this.", Name = "equals")]
    public string? EqualTo { get; init; }

    /// <summary>Holds when the trimmed value is one of these.</summary>
    [Option("Holds when the trimmed value is one of these.")]
    public IReadOnlyList<string>? In { get; init; }

    /// <summary>Holds when the trimmed value is none of these; a null value is none of them.</summary>
    [Option("Holds when the trimmed value is none of these. \"No value\" is none of them.")]
    public IReadOnlyList<string>? NotIn { get; init; }

    /// <summary>Holds when the value is null (<see langword="true"/>) or is not (<see langword="false"/>).</summary>
    [Option("true holds when there is no value, false when there is one.")]
    public bool? IsNull { get; init; }

    /// <summary>Holds when the value is at least this: as a number when both are, else as text in ordinal order.</summary>
    [Option("Holds when the value is at least this: compared as numbers when both are, else as text (ISO dates sort well).")]
    public string? Min { get; init; }

    /// <summary>Holds when the value is at most this. Compared as <see cref="Min"/>.</summary>
    [Option("Holds when the value is at most this; compared as \"min\".")]
    public string? Max { get; init; }

    /// <summary>Whether the column may be missing, and the test then never holds. Default: <see langword="false"/>.</summary>
    [Option("Whether the column may be missing; the test then never holds.")]
    public bool Optional { get; init; }

    /// <summary>Name under which records are counted.</summary>
    public string Label => Name ?? Column;
}
