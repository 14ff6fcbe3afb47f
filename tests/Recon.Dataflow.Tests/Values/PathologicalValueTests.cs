using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Tests.Values;

/// <summary>
/// Every conversion and comparison takes a time that is about proportional to a value's length, whatever the value: of 8 MB,
/// some tens of milliseconds. The guard is no measurement: what takes quadratic time would take hours. The sweeps of CI have all
/// values of 8 MB; each run of the tests has those of 1 MB that were made for a weakness, and one for each kind of sign.
/// </summary>
public sealed class PathologicalValueTests
{
    private const int Usual = 1_000_000;
    private const int Large = 8_000_000;
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);

    // Beside every kind with its defaults.
    private static readonly ConversionDefinition[] s_options =
    [
        new NormalizeDefinition { FoldCase = true, RemoveAccents = true },
        new SplitDefinition { Separator = ";", Part = -1000 },
        new MultiSelectDefinition { OnUnmapped = UnmappedPolicy.Pass, Values = new Dictionary<string, string> { ["a"] = new('x', 500) } },
    ];

    // Repeated up to the size.
    private static readonly string[] s_repeated =
    [
        " ", "\t\u00A0", "\u200B", "\r", "a ", "A'", "\u0301", "\u0327\u0301", "\uAC00e\u0301İ", "😀", "1", "0", "1,", "1.", "+", "-", "(", ".", "1e9",
        "€", "12:", "2024-01-05", "/", ";", ",a", ";a,b", "a@b.", "<", "<mailto:", "www.", "http://", "?", "\"", "'", "[", "\\", "\0\u001B",
        "<b>", "<b a=", "<b a=\"", "<b a='x'>", "<!--", "<!-->", "<!----!>", "<!doctype ", "<pre> ", "<br> ", "<script>", "<script></", "<o:",
        "&", "&#", "&amp;amp;", "&#1", "&#xFFFFFFFF;", "&notit", "<td>&",
    ];

    private static readonly Dictionary<string, Func<int, byte[]>> s_values = new()
    {
        ["a million attributes"] = size => [.. "<a "u8, .. Numbered(number => $"a{number}='x' ", size), .. ">x</a>"u8],
        ["a tag that ends at the end"] = size => [.. Repeat("<b x ", size), (byte)'>'],
        ["signs before a last bracket"] = size => [.. Repeat("<", size), (byte)'>'],
        ["nested brackets"] = size => [.. Half("<", size), .. Half(">", size)],
        ["nested parentheses"] = size => [.. Half("(", size), .. Half(")", size)],
        ["white space before a letter"] = size => [.. Repeat(" ", size), (byte)'a'],
        ["white space within"] = size => [(byte)'a', .. Repeat("\u00A0", size), (byte)'a'],
        ["a letter with marks in the wrong order"] = size => [(byte)'e', .. Half("\u0301", size), .. Half("\u0327", size)],
        ["items without end"] = size => Numbered(number => $"{number};", size),
        ["short items after a long one"] = size => [.. Half("b", size), .. Half(";a", size)],
        ["a number of many digits"] = size => [(byte)'1', .. Repeat("0", size), .. ".5"u8],
        ["zeros before and after"] = size => [.. Half("0", size), (byte)'.', .. Half("0", size)],
        ["bytes that are none of UTF-8"] = size => Fill([0xFF], size),
        ["starts of characters"] = size => Fill([0xC3], size),
        ["starts of long characters"] = size => Fill([0xF0, 0x9F, 0x98], size),
        ["ends of characters"] = size => Fill([0x80], size),
        ["surrogates"] = size => Fill([0xED, 0xA0, 0x80], size),
        ["one broken byte behind marks"] = size => [.. Repeat("e\u0301", size), 0xC3],
    };

    public static TheoryData<string> Values => [.. s_repeated.Select(Repeated), .. s_values.Keys];

    public static TheoryData<string> SomeValues
        => [.. ((string[])["a ", "\u0327\u0301", "😀", "1,", "2024-01-05", ";a,b", "a@b.", "<b a=\"", "&amp;amp;"]).Select(Repeated), .. s_values.Keys];

    [Theory]
    [MemberData(nameof(SomeValues))]
    public async Task ConvertAndCompare_EveryKind_TakesLinearTime(string value)
    {
        await ConvertAsync(Make(value, Usual));
        await CompareAsync(Make(value, Usual));
    }

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(Values))]
    public async Task ConvertAndCompare_EveryKind_TakesLinearTimeForEightMegabytes(string value)
    {
        await ConvertAsync(Make(value, Large));
        await CompareAsync(Make(value, Large));
    }

    [Fact]
    public Task Replace_ManyMatchesThatLookFarAhead_AreARejectedValue()
        => WithinReasonAsync("replace", () => Assert.Equal(
            "!timed-out", Converting.With(new ReplaceDefinition { Pattern = "a+b|a", Replacement = "x" }, new string('a', Usual))));

    private static async Task ConvertAsync(byte[] bytes)
    {
        Utf8Scratch scratch = new();
        foreach (ConversionDefinition definition in (ConversionDefinition[])[.. ValueKinds.Conversions.Select(Converting.Definition), .. s_options])
        {
            IConversion conversion = definition.Compile(Converting.Context);
            await WithinReasonAsync(definition.Kind, () => _ = conversion.Convert(bytes, scratch));
            scratch.Reset();
        }
    }

    // A value that is the same but for its end, and one that differs from the start.
    private static async Task CompareAsync(byte[] bytes)
    {
        byte[] longer = [.. bytes, (byte)'x'];
        byte[] other = [(byte)'1', .. bytes];
        Utf8Scratch scratch = new();
        foreach (IComparison comparison in Converting.Comparisons)
        {
            await WithinReasonAsync($"{comparison}", () =>
            {
                _ = comparison.AreEqual(bytes, longer, scratch);
                _ = comparison.AreEqual(other, bytes, scratch);
                _ = comparison.Reads(bytes, scratch);
            });
            scratch.Reset();
        }
    }

    private static async Task WithinReasonAsync(string kind, Action read)
    {
        Task reading = Task.Factory.StartNew(read, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await reading.WaitAsync(s_guard, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{kind} still reads.");
        }
    }

    private static byte[] Make(string value, int size)
        => s_values.TryGetValue(value, out Func<int, byte[]>? make) ? make(size) : Repeat(Uri.UnescapeDataString(value["repeated ".Length..]), size);

    private static string Repeated(string text) => $"repeated {Uri.EscapeDataString(text)}";

    private static byte[] Repeat(string text, int size) => Fill(Encoding.UTF8.GetBytes(text), size);

    private static byte[] Half(string text, int size) => Fill(Encoding.UTF8.GetBytes(text), size / 2);

    private static byte[] Fill(ReadOnlySpan<byte> text, int size)
    {
        byte[] bytes = new byte[size / text.Length * text.Length];
        text.CopyTo(bytes);
        for (int filled = text.Length; filled < bytes.Length; filled *= 2)
        {
            bytes.AsSpan(0, Math.Min(filled, bytes.Length - filled)).CopyTo(bytes.AsSpan(filled));
        }

        return bytes;
    }

    private static byte[] Numbered(Func<int, string> item, int size)
    {
        StringBuilder text = new();
        for (int number = 0; text.Length < size; number++)
        {
            _ = text.Append(item(number));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
