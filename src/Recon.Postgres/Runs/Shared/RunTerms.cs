namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker has to know of a run to do the same as its coordinator would.</summary>
internal sealed record RunTerms
{
    public required string Pipeline { get; init; }

    public required Guid RunId { get; init; }

    /// <summary>Tells the splits of this coordinator apart from all others, also from those that it offered before for the same run.</summary>
    public Guid Board { get; init; }

    /// <summary>The epoch of the coordinator's lease: with another one, nothing of the worker commits.</summary>
    public required long Epoch { get; init; }

    /// <summary>Fingerprint of the pipeline's definition with its map files; a worker with another one must not take part.</summary>
    public required string Definition { get; init; }

    /// <summary>Fingerprint of the input; a worker that sees other files must not take part.</summary>
    public required string InputFingerprint { get; init; }

    /// <summary>The file that the run reads in place of the definition's, as a full path or an address; <see langword="null"/> for the definition's.</summary>
    public string? Input { get; init; }

    /// <summary>The name of the table that the run fills.</summary>
    public required string AttemptTable { get; init; }

    /// <summary>Whether the rows of that table are of the packed layout.</summary>
    public required bool IsPacked { get; init; }

    /// <summary>The number of the list of the raw values' names; <see langword="null"/> in the former layout.</summary>
    public short? Names { get; init; }

    /// <summary>What the coordinator decided about lookups and parents, and the marks of the mirror's tables, as the log has it.</summary>
    public required string Mirror { get; init; }

    /// <summary>Columns that the tables of the mirror lack, of those that they may lack, by the table: workers do without them, too.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Absent { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The last decision about a record of which the coordinator knows, as a number of their history; 0 for none.</summary>
    public long LastDecision { get; init; }

    /// <summary>The seed of the hashes that the run leaves for the next one; <see langword="null"/> where it leaves none.</summary>
    public long? HashSeed { get; init; }

    /// <summary>Whether the hashes tell what a record came from.</summary>
    public bool IsTraced { get; init; }
}
