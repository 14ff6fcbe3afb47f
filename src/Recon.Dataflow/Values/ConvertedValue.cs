namespace Recon.Dataflow.Values;

/// <summary>What a conversion made of a value: a text, nothing (the value turned out to be blank), or a reason why not.</summary>
internal readonly ref struct ConvertedValue
{
    private ConvertedValue(ReadOnlySpan<byte> text, string? reason, bool rejectsRow, string? remark)
    {
        Text = text;
        Reason = reason;
        RejectsRow = rejectsRow;
        Remark = remark;
    }

    /// <summary>The text as UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Why there is no text: one of <see cref="ValueRejectReasons"/>; <see langword="null"/> when nothing failed.</summary>
    public string? Reason { get; }

    /// <summary>Whether the failure rejects the whole record.</summary>
    public bool RejectsRow { get; }

    /// <summary>What had to be decided, to be counted: one of <see cref="ValueRemarks"/>; <see langword="null"/> for nothing.</summary>
    public string? Remark { get; }

    /// <summary>Whether the conversion failed.</summary>
    public bool Failed => Reason is not null;

    /// <summary>Whether the value turned out to be blank.</summary>
    public bool IsNull => Reason is null && Text.IsEmpty;

    /// <summary>A text; blank when empty.</summary>
    /// <param name="remark">What had to be decided: one of <see cref="ValueRemarks"/>; <see langword="null"/> for nothing.</param>
    public static ConvertedValue Of(ReadOnlySpan<byte> text, string? remark = null) => new(text, null, false, remark);

    public static ConvertedValue Fail(string reason, bool rejectsRow = false) => new(default, reason, rejectsRow, null);
}
