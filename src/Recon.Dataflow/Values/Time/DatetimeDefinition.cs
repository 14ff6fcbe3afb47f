using NodaTime;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

[Kind("datetime", "Reads a time into ISO 8601 UTC. A time without offset is local to the zone; a day without time is its midnight.", Shorthand = true)]
internal sealed record DatetimeDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The formats, tried in order, such as dd/MM/yyyy[ HH:mm[:ss]]. Parts: yyyy M MM d dd H HH h hh mm ss fff tt K, literals, [optional]; or epoch-milliseconds, epoch-seconds. Default: ISO 8601, with space or T.")]
    public IReadOnlyList<string> Formats { get; init; } = [];

    [Option("IANA time zone of times that carry no offset. Default: timeZone of \"defaults\".")]
    public string? Zone { get; init; }

    [Option("What a local time means that occurs twice (when clocks go back). Each is counted.")]
    public AmbiguousTime Ambiguous { get; init; } = AmbiguousTime.Earlier;

    [Option("What a local time means that does not exist (when clocks go forward). Each is counted.")]
    public NonexistentTime Nonexistent { get; init; } = NonexistentTime.Forward;

    internal override ComparisonDefinition Produces => new DatetimeComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (Zone is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) is null)
        {
            yield return (nameof(Zone), $"'{Zone}' is not an IANA time zone. Use a name such as Europe/Paris or UTC.");
        }

        foreach (string problem in Formats.Select(TimeFormat.Problem).OfType<string>())
        {
            yield return (nameof(Formats), problem);
        }
    }

    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
        => KnownFormats.InsteadOf(Formats, hasAccepted).Select(other => new Alternative(this with { Formats = other.Formats }, other.Misread));

    internal override IEnumerable<ConversionDefinition> Rereadings =>
    [
        this with { Formats = KnownFormats.Exchange(Formats) },
        .. LocalZone.All.Select(zone => this with { Zone = zone }),
    ];

    internal override IConversion Compile(ConversionContext context) => new DatetimeConversion(this, context.Defaults.TimeZone);
}
