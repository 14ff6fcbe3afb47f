namespace Recon.Dataflow.Values;

/// <summary>When two values are the same.</summary>
internal enum ComparisonKind
{
    /// <summary>The same text, apart from surrounding and invisible white space.</summary>
    Text,

    /// <summary>The same text when every run of white space counts as one space.</summary>
    TextIgnoringWhitespace,

    /// <summary>The same decimal number.</summary>
    Number,

    /// <summary>The same truth value.</summary>
    Boolean,

    /// <summary>The same calendar day.</summary>
    Date,

    /// <summary>The same instant, to the millisecond.</summary>
    Datetime,

    /// <summary>The same internal value, case included.</summary>
    Enumeration,

    /// <summary>The same set of values.</summary>
    MultiSelect,

    /// <summary>The same host, without scheme, <c>www.</c>, port, path and query.</summary>
    Domain,

    /// <summary>The same web address.</summary>
    Url,

    /// <summary>The same address, whatever the case.</summary>
    Email,

    /// <summary>The same telephone number in E.164.</summary>
    Phone,
}
