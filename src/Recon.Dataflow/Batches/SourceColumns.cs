using System.Collections.Frozen;

namespace Recon.Dataflow.Batches;

/// <summary>
/// The columns of the file that a definition uses, in the order in which batches hold them. Names are matched without
/// regard to case, as exports spell one column in several ways.
/// </summary>
internal sealed class SourceColumns
{
    private readonly FrozenDictionary<string, int> _indexes;

    /// <summary>Makes the list from the names that a definition uses.</summary>
    /// <param name="names">The names; repeats (in any case) are dropped.</param>
    public SourceColumns(IEnumerable<string> names)
    {
        Names = [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
        _indexes = Names.Select((name, index) => (name, index))
            .ToFrozenDictionary(pair => pair.name, pair => pair.index, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The names, as the definition spells them.</summary>
    public IReadOnlyList<string> Names { get; }

    public int Count => Names.Count;

    /// <exception cref="KeyNotFoundException">The definition does not use the column.</exception>
    public int IndexOf(string name) => _indexes.TryGetValue(name, out int index)
        ? index
        : throw new KeyNotFoundException($"The definition does not use the column '{name}'.");
}
