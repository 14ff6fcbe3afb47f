namespace Recon.Samples;

/// <summary>One record as the file and as HubSpot hold it, before damage and differences. Reused for every record.</summary>
internal sealed class SampleRow(SampleObject sampleObject)
{
    /// <summary>The values of the file, in order of the header; <see langword="null"/> is an empty field.</summary>
    public string?[] Cells { get; } = new string?[sampleObject.Header.Length];

    /// <summary>HubSpot's values, in order of the properties.</summary>
    public string?[] Hubspot { get; } = new string?[sampleObject.Properties.Count];

    /// <summary>HubSpot ids of the parents, in order of the object's parent columns.</summary>
    public long?[] Parents { get; } = new long?[sampleObject.ParentColumns.Count];

    /// <summary>The kinds of dirt on the record, one bit each.</summary>
    public ulong Dirt { get; private set; }

    /// <summary>The properties that differ by meaning, one bit each.</summary>
    public ulong Changed { get; private set; }

    /// <summary>Sets the values.</summary>
    /// <param name="cells">Those of the file, in order of the header.</param>
    public void Set(ReadOnlySpan<string?> cells, ReadOnlySpan<string?> hubspot)
    {
        cells.CopyTo(Cells);
        hubspot.CopyTo(Hubspot);
        if (cells.Length != Cells.Length || hubspot.Length != Hubspot.Length)
        {
            throw new InvalidOperationException("A sample record has other columns than its header.");
        }
    }

    public void Reset() => (Dirt, Changed) = (0, 0);

    public void Holds(DefectKind kind) => Dirt |= kind == DefectKind.None ? 0 : 1UL << (int)kind;

    public void Differs(int property) => Changed |= 1UL << property;
}
