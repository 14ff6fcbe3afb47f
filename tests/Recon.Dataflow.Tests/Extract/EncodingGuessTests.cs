using System.Text;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Texts as programs of the time saved them, declared as UTF-8.</summary>
public sealed class EncodingGuessTests
{
    [Theory]
    [InlineData(1252, "windows-1252", "12,René Lefèvre,Société Générale,à rappeler")]
    [InlineData(1252, "windows-1252", "12,Jörg Müller,Größe geändert")]
    [InlineData(1252, "windows-1252", "12,ÉCOLE DES MÉTIERS,Évry")]
    [InlineData(1252, "windows-1252", "12,don’t call before 5 pm – “urgent”")]
    [InlineData(1252, "windows-1252", "12,Bœuf à la mode,12 €")]
    [InlineData(28605, "iso-8859-15", "12,Bœuf à la mode,12 €")]
    [InlineData(28605, "iso-8859-15", "12,Škoda,à rappeler")]
    [InlineData(28605, "iso-8859-15", "12,1 200 € par an")]
    [InlineData(10000, "macintosh", "12,René Lefèvre,Société Générale,à rappeler")]
    [InlineData(10000, "macintosh", "12,don’t call before 5 pm – “urgent”")]
    [InlineData(10000, "macintosh", "12,Jörg Müller,Größe geändert")]
    [InlineData(850, "ibm850", "12,René Lefèvre,Société Générale,à rappeler")]
    [InlineData(1250, "windows-1250", "12,Łukasz Dąbrowski,wysłać ofertę")]
    [InlineData(1251, "windows-1251", "12,Иван Петров,перезвонить завтра")]
    [InlineData(20866, "koi8-r", "12,Иван Петров,перезвонить завтра")]
    [InlineData(1253, "windows-1253", "12,Γιώργος Παπαδόπουλος,τηλέφωνο αύριο")]
    [InlineData(950, "big5", "12,王大明,明天請再打電話給客戶,台北市")]
    [InlineData(54936, "gb18030", "12,王大明,明天请再打电话给客户,北京市")]
    [InlineData(932, "shift_jis", "12,山田太郎,明日また電話してください,東京都")]
    [InlineData(949, "ks_c_5601-1987", "12,김철수,내일 다시 전화해 주세요,서울")]
    public void Sentence_TextOfAnotherEncoding_NamesItFirstAndShowsHowItReads(int codePage, string name, string line)
    {
        byte[] bytes = [.. "id,name\n"u8, .. CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetBytes(line + "\n")];
        int at = bytes.AsSpan().IndexOfAnyInRange((byte)0x80, (byte)0xFF);

        string sentence = EncodingGuess.Sentence(TextEncoding.Utf8, bytes, at);

        Assert.Contains($"set \"encoding\": \"{name}\"", sentence, StringComparison.Ordinal);
        int first = line.ToList().FindIndex(one => one >= 0x80);
        Assert.Contains(line[Math.Max(0, first - 3)..Math.Min(line.Length, first + 5)], sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(line[^3..] + "”", line.Length > first + 20 ? sentence : "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("windows-1252", 65001, "utf-8")]
    [InlineData("ibm850", 65001, "utf-8")]
    [InlineData("macintosh", 1252, "windows-1252")]
    [InlineData("ibm850", 1252, "windows-1252")]
    [InlineData("windows-1252", 850, "ibm850")]
    [InlineData("windows-1252", 10000, "macintosh")]
    [InlineData("windows-1252", 1251, "windows-1251")]
    [InlineData("windows-1252", 1252, null)]
    [InlineData("iso-8859-1", 1252, null)]
    [InlineData("iso-8859-15", 1252, null)]
    [InlineData("macintosh", 10000, null)]
    [InlineData("ibm850", 850, null)]
    [InlineData("windows-1250", 1252, null)]
    public void Doubt_TextInAnEncodingInWhichAnyBytesAreValid_NamesTheOneThatItLooksLike(string declared, int codePage, string? name)
    {
        string lines = codePage == 1251
            ? string.Concat(Enumerable.Repeat("12,Иван Петров,перезвонить завтра\n", 20))
            : string.Concat(Enumerable.Repeat("12,Rénovation Tamnis,Étude à façon\n13,ÉCOLE DES MÉTIERS,Jörg Müller\n14,Crédit municipal,Île-de-Bréhat\n", 20));
        Encoding encoding = codePage == 65001 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(codePage)!;

        string? doubt = EncodingGuess.Doubt(TextEncoding.Find(declared)!, encoding.GetBytes(lines));

        Assert.Equal(name is not null, doubt is not null);
        Assert.Contains(name is null ? "" : $"\"encoding\": \"{name}\"", doubt ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_Utf8DeclaredAsACodePage_OffersUtf8Alone()
    {
        byte[] bytes = "id,name\n12,María Ívarsson, Ávila\n"u8.ToArray();

        Assert.Equal("It is valid UTF-8: set \"encoding\": \"utf-8\".", EncodingGuess.Sentence(TextEncoding.Find("cp1252")!, bytes, Array.IndexOf(bytes, (byte)0x8D)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void Doubt_SampleThatIsCutInsideOfCharacters_IsStillUtf8(int before, int behind)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é,René,à façon\n", 20)) + "é");

        Assert.NotNull(EncodingGuess.Doubt(TextEncoding.Find("cp1252")!, bytes.AsSpan(before, bytes.Length - before - behind)));
    }

    [Fact]
    public void Find_EveryCodePageOfDotNet_IsReadOrUnknown()
    {
        string[] read = [.. CodePagesEncodingProvider.Instance.GetEncodings().Where(info => TextEncoding.Find(info.Name) is not null).Select(info => info.Name)];

        Assert.True(read.Length > 60, string.Join(' ', read));
        Assert.DoesNotContain(read, name => name.StartsWith("iso-2022", StringComparison.Ordinal) || name == "hz-gb-2312" || name == "IBM037");
    }
}
