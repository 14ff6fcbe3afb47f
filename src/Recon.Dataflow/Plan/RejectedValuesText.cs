using System.Globalization;
using Recon.Dataflow.Values;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Dataflow.Plan;

/// <summary>Rejected values in words: what they are, and what to do.</summary>
internal static class RejectedValuesText
{
    private const int MostUnmapped = 5;
    private const int LongestSample = 60;

    /// <summary>How many values are what.</summary>
    /// <param name="mask">Hides values of records.</param>
    public static string Finding(RejectedValues rejected, Func<string, string>? mask = null)
    {
        string sample = rejected.Sample is { } text ? $", such as \"{Plain(mask?.Invoke(text) ?? text)}\"" : "";
        return rejected.Reason == ValueRejectReasons.RequiredMissing
            ? $"{rejected.Property}: {Show(rejected.Count, "record")} without a value in {rejected.Column}, which is required ({rejected.Reason})"
            : $"{rejected.Property}: {Of(rejected)} of {rejected.Column} {(rejected.Count == 1 ? "was" : "were")} not staged: {What(rejected.Reason)} ({rejected.Reason}){sample}";
    }

    /// <summary>What to do about them: one sentence each.</summary>
    /// <param name="mask">Hides values of records.</param>
    /// <param name="timeZone">The zone in which local times are read.</param>
    public static IEnumerable<string> Advice(RejectedValues rejected, string timeZone, Func<string, string>? mask = null)
    {
        foreach (Remedy remedy in rejected.Remedies)
        {
            yield return Fits(remedy, rejected.Samples);
        }

        if (rejected.Remedies.Count > 1)
        {
            yield return "They read them differently: only you know which of these is meant.";
        }

        if (rejected.Accepted > 0 && rejected.Remedies is [{ Misread: { } misread }, ..])
        {
            yield return $"{(rejected.Accepted == 1 ? "The value that was" : $"The {Show(rejected.Accepted)} values that were")} accepted probably {misread}: "
                + "what is staged of them is wrong, too.";
        }

        UnmappedValue[] near = [.. rejected.Unmapped.Where(value => value.Nearest is not null).Take(MostUnmapped)];
        if (rejected.Remedies.Count == 0)
        {
            yield return near.Length > 0 && mask is null
                ? $"Add to \"values\" of the map, if that is meant: {string.Join(", ", near.Select(value => $"\"{value.Value}\": \"{value.Option}\""))}."
                : Fix(rejected.Reason, timeZone);
        }
    }

    /// <summary>What to type, and what comes of it.</summary>
    /// <param name="how">The end of the sentence.</param>
    public static string Fits(Remedy remedy, int samples, string how = "")
    {
        string which = samples == 1 ? "it" : remedy.Fits == samples ? $"all {Show(samples, "sample")}" : $"{remedy.Fits} of {Show(samples, "sample")}";
        return $"\"convert\": {remedy.Convert} reads {which}{how}.";
    }

    /// <summary>A value that fits into a line: nothing in it acts on a terminal, and what is too long is cut.</summary>
    public static string Plain(string value)
    {
        string plain = string.Concat(value.Select(each => char.IsControl(each) || char.GetUnicodeCategory(each) == UnicodeCategory.Format ? ' ' : each));
        return plain.Length <= LongestSample ? plain : plain[..(LongestSample - 1)] + "…";
    }

    /// <summary>What to do about values that failed for a reason.</summary>
    public static string Fix(string reason, string timeZone) => reason switch
    {
        ValueRejectReasons.RequiredMissing => "Fill the column in the legacy CRM, give the property a \"default\", or remove \"required\".",
        ValueRejectReasons.Unmapped => "Add the values to the map (recon run --dry-run lists them), or set \"onUnmapped\".",
        ValueRejectReasons.RegionUnknown => "Add the spellings to \"regions\" of the conversion, or give it a \"region\" for all others.",
        ValueRejectReasons.DateLost => "A spreadsheet destroyed the dates; export the column again as text.",
        ValueRejectReasons.NotADate => $"Check \"formats\" of the conversion; local times are read as {timeZone}.",
        ValueRejectReasons.NotANumber or ValueRejectReasons.NotAnInteger => "Check the notation that the conversion declares.",
        ValueRejectReasons.TimeAmbiguous or ValueRejectReasons.TimeSkipped => "Say in the conversion which of the two times is meant.",
        ValueRejectReasons.NumberInvalid => "Correct them in the legacy CRM. Those without a country code are read as numbers of the conversion's \"region\".",
        ValueRejectReasons.NotAPhone => "Check \"region\" of the conversion, the country of numbers without a country code (default: \"phoneRegion\").",
        _ => "Check the conversion against the column's values, or fix the values.",
    };

    private static string Of(RejectedValues rejected) => rejected.Values > 0
        ? $"{Show(rejected.Count)} of {Show(rejected.Values, "value")}"
        : Show(rejected.Count, "value");

    /// <summary>What is wrong with values that failed for a reason.</summary>
    public static string What(string reason) => reason switch
    {
        ValueRejectReasons.NotANumber => "not a number in the format that the definition declares",
        ValueRejectReasons.NotAnInteger => "no whole number",
        ValueRejectReasons.NotABoolean => "neither true nor false",
        ValueRejectReasons.NotADate => "not a date in the format that the definition declares",
        ValueRejectReasons.DateLost => "a time that a spreadsheet cut the date from",
        ValueRejectReasons.TimeAmbiguous => "a local time that occurs twice",
        ValueRejectReasons.TimeSkipped => "a local time that does not exist",
        ValueRejectReasons.Unmapped => "not in the map",
        ValueRejectReasons.NotAnEmail => "no e-mail address",
        ValueRejectReasons.NotADomain => "no web address",
        ValueRejectReasons.NotAPhone => "no possible telephone number",
        ValueRejectReasons.NumberInvalid => "not given out in the region that they were read in, and other numbers than HubSpot's",
        ValueRejectReasons.RegionUnknown => "a number of a region that the conversion does not know",
        ValueRejectReasons.TooLong => "longer than 65,536 characters",
        ValueRejectReasons.CustomRefused => "refused by the program's conversion",
        _ => "refused by the conversion",
    };
}
