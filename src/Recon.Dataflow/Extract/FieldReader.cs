using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Extract;

/// <summary>Copies the used fields of a good record into a batch: trimmed, nulls emptied, the id canonical.</summary>
internal sealed class FieldReader
{
    private readonly NullSpellings[] _nulls;
    private readonly string[] _names;
    private readonly int _id;
    private readonly IdType _idType;
    private readonly bool _repair;

    private readonly Utf8Scratch _scratch = new();

    private int[] _watchFrom = [];

    // By kind of damage and column, for the current record.
    private readonly List<string> _damage = [];

    public FieldReader(CsvBlockDefinition csv, DefaultsDefinition defaults, SourceColumns columns)
    {
        NullSpellings usual = new(csv.Nulls ?? defaults.Nulls);
        Dictionary<string, IReadOnlyList<string>> byColumn = new(csv.NullsByColumn, StringComparer.OrdinalIgnoreCase);
        _names = [.. columns.Names];
        _nulls = [.. columns.Names.Select(name => byColumn.TryGetValue(name, out IReadOnlyList<string>? own) ? new(own) : usual)];
        _id = columns.IndexOf(csv.Id);
        _idType = csv.IdType;
        _repair = csv.Repair == Repair.Latin1;
    }

    /// <summary>Sees the fields of every record.</summary>
    public IFieldWatch? Watch
    {
        get;
        set
        {
            field = value;
            _watchFrom = [.. _names.Select((_, column) => value?.From(column) ?? int.MaxValue)];
        }
    }

    /// <summary>Whether the last record has a canonical id.</summary>
    public bool HasId { get; private set; }

    /// <summary>What is wrong with the last record's id; <see langword="null"/> when there is none.</summary>
    public string? WhyNoId { get; private set; }

    /// <summary>Adds the fields of the current record to the batch's last row.</summary>
    public void Copy(RecordReader records, int[] indexes, RecordBatch batch)
    {
        _damage.Clear();
        for (int column = 0; column < indexes.Length; column++)
        {
            int index = indexes[column];
            ReadOnlySpan<byte> value = index < 0 || index >= records.FieldCount ? [] : records.Field(index);
            if (records.MayBeDamaged && value.Length > 1)
            {
                value = Repaired(column, value);
            }

            ReadOnlySpan<byte> raw = value;
            value = Utf8WhiteSpace.Trim(value);
            if (_nulls[column].Holds(value))
            {
                value = [];
            }
            else if (Watch is not null && (value.Length != raw.Length || raw.Length >= _watchFrom[column])
                && Watch.See(batch, column, raw, value))
            {
                _damage.Add($"cut/{_names[column]}");
            }

            if (column == _id)
            {
                HasId = LegacyId.TryCanonicalise(value, _idType, out ReadOnlySpan<byte> canonical, out string? why);
                WhyNoId = why;
                value = !HasId ? value : _idType == IdType.Text ? Composed(canonical) : canonical;
            }

            batch.AddField(column, value);
        }
    }

    /// <summary>Counts the damage of the last record, which was kept.</summary>
    public void CountDamage(BatchCounts counts)
    {
        foreach (string damage in _damage)
        {
            BatchCounts.Increment(counts.Damage, damage);
        }
    }

    // An id is one id however its accents are encoded.
    private ReadOnlySpan<byte> Composed(ReadOnlySpan<byte> id)
    {
        if (CanonicalForm.IsComposed(id))
        {
            return id;
        }

        _scratch.Reset();
        return CanonicalForm.Uniform(id, _scratch);
    }

    private ReadOnlySpan<byte> Repaired(int column, ReadOnlySpan<byte> value)
    {
        if (Mojibake.HoldsReplacement(value))
        {
            _damage.Add($"replacement-character/{_names[column]}");
        }

        if (!Mojibake.LooksLike(value))
        {
            return value;
        }

        byte[]? repaired = _repair ? Mojibake.Repair(value) : null;
        _damage.Add($"{(repaired is null ? "mojibake" : "mojibake-repaired")}/{_names[column]}");
        return repaired ?? value;
    }
}
