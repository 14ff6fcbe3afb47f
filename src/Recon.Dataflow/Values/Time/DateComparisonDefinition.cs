using NodaTime;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

[Kind("date", "The same calendar day: a day equals every moment of that day in the zone, and midnight UTC, which is how HubSpot writes days.", Shorthand = true)]
internal sealed record DateComparisonDefinition : TimeComparisonDefinition, ISelfValidating
{
    [Option("IANA time zone in which moments have their day. Default: that of the property's \"datetime\" conversion, else timeZone of \"defaults\".")]
    public string? Zone { get; init; }

    [Option("What another day does where HubSpot has a time of day: \"withhold\" (the default) stages nothing and counts it, \"keep\" stages the day with HubSpot's time of day.")]
    public TimeOfDay? TimeOfDay { get; init; }

    public IEnumerable<(string Member, string Message)> Validate()
        => Zone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) is not null
            ? []
            : [(nameof(Zone), $"'{Zone}' is not an IANA time zone. Use a name such as Europe/Paris or UTC.")];

    internal override ComparisonDefinition After(IReadOnlyList<ConversionDefinition> steps)
        => this with { Zone = Zone ?? steps.OfType<DatetimeDefinition>().LastOrDefault()?.Zone };

    internal override IComparison Compile(ConversionContext context) => new DayComparison(Days(context));

    internal ZoneDays Days(ConversionContext context) => new(Zone ?? context.Defaults.TimeZone);

    // yyyyMMdd fits into an integer.
    protected override string? WhyNotTyped(MirrorType type) => type == MirrorType.Int4 ? null : base.WhyNotTyped(type);
}
