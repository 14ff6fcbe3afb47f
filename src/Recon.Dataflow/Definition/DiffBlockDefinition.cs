using Recon.Dataflow.Binding;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Definition;

/// <summary>What happens when the legacy value and HubSpot's differ.</summary>
internal enum UpdatePolicy
{
    /// <summary>The legacy value is staged.</summary>
    Overwrite,

    /// <summary>The legacy value is staged only where HubSpot has none.</summary>
    FillBlank,

    /// <summary>The legacy value is staged only where the legacy record was updated later than HubSpot's.</summary>
    Newest,

    /// <summary>Nothing is staged; the difference is counted.</summary>
    CompareOnly,
}

/// <summary>What an empty legacy value does to a filled HubSpot value.</summary>
internal enum NullPolicy
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>It stages <c>""</c>, which clears the property in HubSpot.</summary>
    Clear,
}

/// <summary>What a difference does when HubSpot's value cannot be read.</summary>
internal enum UnreadablePolicy
{
    /// <summary>Nothing; it is counted.</summary>
    Withhold,

    /// <summary>The legacy value is staged, as the policy says.</summary>
    Stage,
}

/// <summary>What becomes of rows of the file that repeat a legacy id and disagree.</summary>
internal enum RepeatPolicy
{
    /// <summary>A <c>conflict</c>: nothing is updated.</summary>
    Conflict,

    /// <summary>The row with the greatest time wins wholly.</summary>
    Latest,
}

/// <summary>What happens to a legacy text that is a shortened copy of HubSpot's.</summary>
internal enum TruncatedPolicy
{
    /// <summary>Nothing is staged; the difference is counted.</summary>
    Withhold,

    /// <summary>It is staged, and counted as suspicious.</summary>
    Stage,

    /// <summary>It is a rejected value.</summary>
    Reject,
}

/// <summary>Maps legacy columns to HubSpot properties, compares by meaning, and keeps the changes.</summary>
[Kind("diff", "Maps legacy columns to HubSpot properties through conversions, compares them by meaning, and keeps what differs.")]
internal sealed record DiffBlockDefinition : BlockDefinition
{
    [Option("The properties that are compared.", Required = true)]
    public IReadOnlyList<PropertyDefinition> Properties { get; init; } = [];

    [Option("The column of the file that says when the legacy record was last updated, for the policy \"newest\".")]
    public string? LegacyUpdated { get; init; }

    [Option("Conversions of legacyUpdated. Default: \"datetime\".")]
    public IReadOnlyList<ConversionDefinition>? LegacyUpdatedConvert { get; init; }

    [Option("The mirror column that says when HubSpot's record was last updated, for the policy \"newest\".")]
    public string? HubspotUpdated { get; init; }

    [Option("What becomes of rows that repeat a legacy id and disagree. \"conflict\" updates nothing; \"latest\" takes the row with the greatest time in \"latestBy\", wholly. Where the greatest time occurs in rows that disagree, or a row that disagrees has no readable time, it is a conflict all the same.", Later = true)]
    public RepeatPolicy OnConflict { get; init; } = RepeatPolicy.Conflict;

    [Option("The column of the file that says which of several rows is the latest, for \"onConflict\": \"latest\". Default: legacyUpdated.")]
    public string? LatestBy { get; init; }

    [Option("Conversions of latestBy, the last of which gives a date or time. Default: \"datetime\".")]
    public IReadOnlyList<ConversionDefinition>? LatestByConvert { get; init; }

    /// <summary>The column that decides between rows that disagree, and its conversions; <see langword="null"/> where none does.</summary>
    public (string Column, IReadOnlyList<ConversionDefinition> Convert)? Latest => (OnConflict, LatestBy, LegacyUpdated) switch
    {
        (RepeatPolicy.Latest, { } column, _) => (column, LatestByConvert ?? [new DatetimeDefinition()]),
        (RepeatPolicy.Latest, null, { } column) => (column, LegacyUpdatedConvert ?? [new DatetimeDefinition()]),
        _ => null,
    };

    /// <summary>
    /// Share of destroyed dates above which a date column is left out, in percent of its values among the first 1,000
    /// records of a file; at least 10 must be destroyed. Default: 1.
    /// </summary>
    [Option("Share of dates that a spreadsheet destroyed (27:31.0) above which a date column is left out of the run, with a warning: in percent of its values among the first 1,000 records of a file, of which at least 10 must be destroyed. 100 never leaves one out. Standard input is not sampled.", Minimum = 0, Maximum = 100)]
    public double DestroyedDates { get; init; } = 1;

    [Option("What happens to a legacy text that is the beginning of HubSpot's longer one and was cut: it has a length at which many texts of the file end, or a usual limit of exporters (255, 4,000, 32,767 and others). \"withhold\" stages nothing and counts it, \"stage\" stages it with the remark \"suspicious\", \"reject\" makes it a rejected value. Properties can say otherwise.", Later = true)]
    public TruncatedPolicy OnTruncated { get; init; } = TruncatedPolicy.Withhold;

    [Option("Batches compared at the same time.", Minimum = 1, Maximum = 32)]
    public int Parallelism { get; init; } = 1;

    [Option("Batches inside the block: waiting, running or done. At least the parallelism.", Minimum = 1, Maximum = 64)]
    public int Capacity { get; init; } = 2;
}

/// <summary>One HubSpot property and where its legacy value comes from: exactly one of column, columns, constant, parent.</summary>
internal sealed record PropertyDefinition
{
    [Option("The HubSpot property that an update sets.", Required = true)]
    public string Property { get; init; } = "";

    [Option("The mirror column that holds it. Default: the property's name.")]
    public string? MirrorColumn { get; init; }

    [Option("How the mirror's values are read: a column, or an object with \"column\" and \"convert\".", Name = "mirror")]
    public PropertyMirrorDefinition? MirrorValues { get; init; }

    [Option("The column of the file that holds the value.")]
    public string? Column { get; init; }

    [Option("Several columns of the file, joined by \"separator\"; those without a value are left out.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Option("What joins \"columns\".")]
    public string Separator { get; init; } = " ";

    [Option("The same value for every record.")]
    public string? Constant { get; init; }

    [Option("The HubSpot id of the parent that the lookup with this name found.")]
    public string? Parent { get; init; }

    [Option("Conversions, applied in order: a name, or an object with \"kind\" and options.")]
    public IReadOnlyList<ConversionDefinition> Convert { get; init; } = [];

    [Option("When two values are the same. Default: what the last conversion produces, else \"text\".")]
    public ComparisonDefinition? Compare { get; init; }

    [Option("What happens when the values differ.")]
    public UpdatePolicy Policy { get; init; } = UpdatePolicy.Overwrite;

    [Option("What an empty legacy value does to a filled HubSpot value. \"clear\" stages an empty string.")]
    public NullPolicy OnNull { get; init; } = NullPolicy.Ignore;

    [Option("What a difference does where HubSpot's value cannot be read, such as month 13 in a date: \"withhold\" (the default) stages nothing and counts it, \"stage\" overwrites it.")]
    public UnreadablePolicy? OnUnreadable { get; init; }

    [Option("What happens to a legacy text that is a shortened copy of HubSpot's. Default: what the diff block says.", Later = true)]
    public TruncatedPolicy? OnTruncated { get; init; }

    /// <summary>The value of records that have none, before the comparison (no conversion is applied to it).</summary>
    [Option("The value of records that have none; it is not converted.")]
    public string? Default { get; init; }

    [Option("Whether a record without a value is reported and counted as a rejected value.")]
    public bool Required { get; init; }

    [Option("Whether the column may be missing from the file or from the mirror; the property is then left out.")]
    public bool Optional { get; init; }

    [Option("The property applies only to records for which this holds.")]
    public ConditionDefinition? When { get; init; }

    public string Mirror => MirrorValues?.Column ?? MirrorColumn ?? Property;

    /// <summary>The member that names the mirror column.</summary>
    public string MirrorMember => MirrorValues?.Column is not null ? nameof(MirrorValues)
        : MirrorColumn is not null ? nameof(MirrorColumn) : nameof(Property);

    /// <summary>When two values are the same.</summary>
    public ComparisonDefinition Comparison => (Compare ?? ConversionChain.ProducedBy(Convert)).After(Convert);

    /// <summary>The column that tells the telephone region; <see langword="null"/> for none.</summary>
    public string? RegionColumn => Convert.OfType<PhoneDefinition>().Select(phone => phone.RegionFrom).FirstOrDefault(column => column is not null);

    /// <summary>Whether it is made from columns and compared as a text.</summary>
    public bool IsText => (Column is not null || Columns is not null)
        && Comparison is TextComparisonDefinition or TextIgnoringWhitespaceComparisonDefinition;

    /// <summary>Whether one column is read as a date or time.</summary>
    public bool IsDate => Column is not null && Convert.Any(step => step.Produces is TimeComparisonDefinition);
}

/// <summary>How the mirror's values of a property are read.</summary>
[Bare(nameof(Column))]
internal sealed record PropertyMirrorDefinition
{
    [Option("The mirror column that holds them. Default: the property's name.")]
    public string? Column { get; init; }

    [Option("Conversions of HubSpot's values, for spellings that the comparison does not know. What they cannot read is compared as it is.")]
    public IReadOnlyList<ConversionDefinition> Convert { get; init; } = [];
}
