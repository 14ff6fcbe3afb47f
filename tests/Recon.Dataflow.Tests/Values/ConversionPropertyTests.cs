using System.Text;
using CsCheck;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Tests.Values;

public sealed class ConversionPropertyTests
{
    private static readonly ConversionDefinition[] s_canonical =
    [
        new TrimDefinition(), new CollapseDefinition(), new UpperDefinition(), new LowerDefinition(), new TitleDefinition(),
        new TruncateDefinition { Length = 10 }, new NormalizeDefinition(), new NormalizeDefinition { FoldCase = true },
        new NormalizeDefinition { RemoveAccents = true, FoldCase = true }, new DomainDefinition(), new UrlDefinition(), new EmailDefinition(),
        new PhoneDefinition(), new NumberDefinition(), new IntegerDefinition(), new BooleanDefinition(), new DateDefinition(),
        new DatetimeDefinition(), new MultiSelectDefinition(), new PadDefinition { Length = 12 },
        new PadDefinition { Length = 5, Side = PadSide.Right, Character = "é" }, new SplitDefinition { Separator = "-" },
    ];

    private static readonly ConversionDefinition[] s_others =
    [
        new HtmlDefinition(), new NumberDefinition { Culture = NumberCulture.Fr, Scale = 1000 },
        new NumberDefinition { Culture = NumberCulture.En, Scale = 0.37 }, new DateDefinition { Formats = ["dd/MM/yyyy[ HH:mm[:ss]]"] },
        new DatetimeDefinition { Formats = ["M/d/yyyy h:mm tt", "d.M.yyyy H:mm:ss.fffK"] },
        new MapDefinition { Values = new Dictionary<string, string> { ["a"] = "b" }, IgnoreCase = true },
        new MultiSelectDefinition { Values = new Dictionary<string, string> { ["a"] = "b" }, OnUnmapped = UnmappedPolicy.Pass },
        new ReplaceDefinition { Pattern = @"(\d+)[ .]", Replacement = "$1-" }, new ReplaceDefinition { Pattern = @"(.)\1(?=e)" },
    ];

    // Pieces that mean something to some conversion, so that random texts are often nearly right.
    private static readonly string[] s_pieces =
    [
        "2024", "-", "01", "05", "T", " ", "10:00:00", ".5", "Z", "+02:00", "1704412800000", "1", "0", ",", "é", "É", "a@b.fr", "www.",
        "acme.fr", "https://", "/", "?q", ":80", "#", "06 12 34 56 78", "+33", "true", "OUI", ";", "a", "A", "\u00A0", "\u200B", "\r\n",
        "\n", "<p>", "&amp;", "'", "\u0301", "\u0130", "€", "😀", ".", "e", "00", "mailto:", "<", ">", "month 13", "ß", "ǅ", "ﬁ",
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.Int[0, s_pieces.Length - 1].Select(piece => s_pieces[piece])
            .Array[1, 8].Select(string.Concat),
        Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 14], Gen.Int[0, 33], Gen.Int[0, 25], Gen.Int[0, 61])
            .Select((year, month, day, hour, minute) => $"{year:D4}-{month}-{day:D2} {hour}:{minute:D2}"),
        Gen.Decimal.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.Long.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.String);

    [Fact]
    public void Convert_CanonicalText_StaysAsItIs()
    {
        foreach (ConversionDefinition definition in s_canonical)
        {
            ConversionChain chain = ConversionChain.Compile([definition], Converting.Context);
            s_text.Sample(
                text =>
                {
                    ConvertedValue once = chain.Convert(Encoding.UTF8.GetBytes(text), new Utf8Scratch());
                    if (!once.Failed && !once.IsNull)
                    {
                        ConvertedValue again = chain.Convert(once.Text.ToArray(), new Utf8Scratch());
                        Assert.Equal((null, Encoding.UTF8.GetString(once.Text)), (again.Reason, Encoding.UTF8.GetString(again.Text)));
                    }
                },
                iter: 3_000);
        }
    }

    [Fact]
    public void Split_EveryPart_IsWhatDotnetSplits()
        => Gen.Select(s_text, OneOf("-", ", ", "é", "00")).Sample((text, separator) =>
        {
            text = WithoutSurrogates(text);
            string[] parts = [.. text.Split(separator).Select(Utf8WhiteSpace.Trim)];
            for (int part = 1; part <= parts.Length; part++)
            {
                Assert.Equal(parts[part - 1], Converting.With(new SplitDefinition { Separator = separator, Part = part }, text));
                Assert.Equal(parts[^part], Converting.With(new SplitDefinition { Separator = separator, Part = -part }, text));
            }

            Assert.Equal("", Converting.With(new SplitDefinition { Separator = separator, Part = parts.Length + 1 }, text));
            Assert.Equal("", Converting.With(new SplitDefinition { Separator = separator, Part = -parts.Length - 1 }, text));
        });

    [Fact]
    public void Pad_AnyText_IsWhatDotnetPads()
        => Gen.Select(s_text, Gen.Int[1, 30], OneOf("0", " ", "é")).Sample((text, length, character) =>
        {
            text = Utf8WhiteSpace.Trim(WithoutSurrogates(text));
            PadDefinition pad = new() { Length = length, Character = character };

            Assert.Equal(text.Length == 0 ? "" : text.PadLeft(length, character[0]), Converting.With(pad, text));
            Assert.Equal(text.Length == 0 ? "" : text.PadRight(length, character[0]), Converting.With(pad with { Side = PadSide.Right }, text));
        });

    [Fact]
    public void Replace_AnyText_IsWhatDotnetReplaces()
        => Gen.Select(s_text, OneOf(@"\s+", "[éE]", @"(\d)(\d)", "^.", "x*", @"(?<=0)\d"), OneOf("", "$1", "<$0>", "€")).Sample(
            (text, pattern, replacement) =>
            {
                text = WithoutSurrogates(text);

                Assert.Equal(
                    text.Length == 0 ? "" : System.Text.RegularExpressions.Regex.Replace(text, pattern, replacement),
                    Converting.With(new ReplaceDefinition { Pattern = pattern, Replacement = replacement }, text));
            });

    [Fact]
    public void Convert_ThenCompareWithTheOriginal_IsNoDifference()
    {
        ConversionDefinition[] keeping =
        [
            new TrimDefinition(), new DomainDefinition(), new UrlDefinition(), new EmailDefinition(), new PhoneDefinition(),
            new NumberDefinition { Currency = [] }, new BooleanDefinition(), new DatetimeDefinition { Zone = "UTC" },
            new MultiSelectDefinition { Separator = ";" },
        ];
        foreach (ConversionDefinition definition in keeping)
        {
            ConversionChain chain = ConversionChain.Compile([definition], Converting.Context);
            IComparison comparison = chain.Produces.Compile(Converting.Context);
            RequireSame(chain, comparison, "06 12 34 56 78;1704412800000");
            s_text.Sample(text => RequireSame(chain, comparison, text), iter: 3_000);
        }

        static void RequireSame(ConversionChain chain, IComparison comparison, string text)
        {
            Utf8Scratch scratch = new();
            byte[] original = Encoding.UTF8.GetBytes(text);
            ConvertedValue converted = chain.Convert(original, scratch);
            Assert.True(converted.Failed || converted.IsNull || comparison.AreEqual(converted.Text, original, scratch));
        }
    }

    [Fact]
    public void AreEqual_AnyTexts_IsAnEquivalenceRelation()
    {
        foreach (IComparison comparison in Converting.Comparisons)
        {
            Utf8Scratch scratch = new();
            s_text.Array[3].Sample(
                texts =>
                {
                    byte[][] raw = [.. texts.Select(Encoding.UTF8.GetBytes)];
                    scratch.Reset();
                    bool first = comparison.AreEqual(raw[0], raw[1], scratch);
                    Assert.True(comparison.AreEqual(raw[0], raw[0], scratch));
                    Assert.Equal(first, comparison.AreEqual(raw[1], raw[0], scratch));
                    Assert.True(!first || !comparison.AreEqual(raw[1], raw[2], scratch) || comparison.AreEqual(raw[0], raw[2], scratch));
                },
                iter: 3_000, threads: 1);
        }
    }

    [Fact]
    public void AreEqual_SpellingsOfOneText_IsTransitive()
    {
        string[] same = ["2024-01-05", "2024-1-5", "2024-01-05T00:00:00Z", "1704412800000", "1704412800000.0", "1.7044128E12", "1704412800000,0", " 2024-01-05 "];
        string[] texts = [.. same, "a;b", "b;a", ";a;b;", "a\r\nb", "a\nb", "a b", "a  b", "a\u00A0b", "1", "true", "yes", "1.0", "01", "month 13", "A", "a"];
        foreach (IComparison comparison in Converting.Comparisons)
        {
            bool Same(string one, string other)
                => comparison.AreEqual(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other), new Utf8Scratch());
            foreach (string one in texts)
            {
                foreach (string other in texts)
                {
                    Assert.Equal(Same(one, other), Same(other, one));
                    Assert.All(texts.Where(third => Same(one, other) && Same(other, third)), third => Assert.True(Same(one, third)));
                }
            }
        }
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    // Half of a character is none in UTF-8.
    private static string WithoutSurrogates(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));

    [Fact]
    public void ConvertAndCompare_RandomBytes_NeverThrow()
    {
        ConversionChain[] chains = [.. s_canonical.Concat(s_others).Select(step => ConversionChain.Compile([step], Converting.Context))];
        IComparison[] comparisons = [.. Converting.Comparisons];
        Gen<byte[]> bytes = Gen.OneOf(Gen.Byte.Array[1, 40], s_text.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes));
        Gen.Select(bytes, bytes).Sample(
            (value, other) =>
            {
                Utf8Scratch scratch = new();
                foreach (ConversionChain chain in chains)
                {
                    _ = chain.Convert(value, scratch);
                }

                foreach (IComparison comparison in comparisons)
                {
                    _ = comparison.AreEqual(value, other, scratch);
                }

                _ = Mojibake.LooksLike(value) | ExcelDate.LooksDestroyed(value) | new TextComparison(ignoreWhiteSpace: true).Begins(value, other, scratch).Kind == BeginningKind.Torn;
            },
            iter: 6_000);
    }
}
