namespace Recon.Samples;

/// <summary>What sample is made. Two samples of equal options are equal to the byte, on every machine.</summary>
internal sealed record SampleOptions
{
    /// <summary>The shipped sample: <c>bronze_layer/</c> and the demo mirror.</summary>
    public static SampleOptions Demo { get; } = new() { Rows = 10_000, Seed = 20_240_229 };

    /// <summary>Records of the communications file, repeats and malformed ones included.</summary>
    /// <value>1 to 1,000,000,000. Default: 10,000. Companies are 3 % of it, persons 10 %, opportunities 5 %.</value>
    public long Rows { get; init; } = 10_000;

    /// <value>Any number. Default: 1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Whether some records are malformed as CSV: stray or unclosed quotes, too few or too many fields. Without them, tools
    /// that give a file up at the first of these can read it, too. Default: <see langword="true"/>.
    /// </summary>
    public bool Malformed { get; init; } = true;
}
