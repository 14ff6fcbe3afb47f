using Recon.Postgres.Push;

namespace Recon.Push.Planning;

/// <summary>What a careful person asks of a plan before approving it.</summary>
internal sealed record PlanSummary
{
    /// <summary>The plan; <see langword="null"/> where there is nothing to push.</summary>
    public PushPlan? Plan { get; init; }

    public required long Portal { get; init; }

    public required long Records { get; init; }

    public required long Links { get; init; }

    /// <summary>Associations that were written for the account before.</summary>
    public required long LinksWritten { get; init; }

    /// <summary>Records that are in several pipelines with the same HubSpot id and object type.</summary>
    public required long Clashed { get; init; }

    /// <summary>Some HubSpot records that several legacy records claim.</summary>
    public required IReadOnlyList<Clash> Clashes { get; init; }

    public required IReadOnlyList<(string Pipeline, LeftOut LeftOut)> LeftOut { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Records by object type.</summary>
    public IReadOnlyList<(string Type, long Records)> Types { get; init; } = [];

    public IReadOnlyList<PropertyFigures> Properties { get; init; } = [];

    public IReadOnlyList<TransitionFigures> Transitions { get; init; } = [];

    public IReadOnlyList<(string Pipeline, string Lookup, long Links)> LinksReady { get; init; } = [];

    public CallForecast Calls { get; init; } = new(0, 0, 0, 0, 0, 0);

    public PortalLimits Limits { get; init; } = PlanPortal.Usual;

    /// <summary>The brakes that the whole plan exceeds.</summary>
    public IReadOnlyList<string> Exceeded { get; init; } = [];
}
