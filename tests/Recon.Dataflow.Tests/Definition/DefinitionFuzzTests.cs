using System.Text;
using CsCheck;
using Recon.Dataflow.Definition;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Definition;

public sealed class DefinitionFuzzTests
{
    private const int Mutations = 2_000;

    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e999", "\\ud800", "\"kind\"", "\"csv\"", "\"lookup\"",
        "//", "/*", "\0", "\r", "é𝄞", "\"name\": \"match\",", "99999999999999999999", "\"columns\": [],",
    ];

    // Where, how many bytes go, which piece comes: one to four times.
    private static readonly Gen<(int At, int Removed, int Piece)[]> s_edits =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 40], Gen.Int[-1, 22]).Array[1, 4];

    [Fact]
    public void Parse_RandomMutations_GiveADefinitionOrLocatedProblems()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Repository.Root, "pipeline.json"));

        s_edits.Sample(edits => Check(Mutate(original, edits)), iter: Mutations, threads: 1);
    }

    [Fact]
    public void Parse_MutationsOfAValidFile_GiveADefinitionOrLocatedProblems()
    {
        byte[] original = Encoding.UTF8.GetBytes(DefinitionSamples.Valid);

        s_edits.Sample(edits => Check(Mutate(original, edits)), iter: Mutations, threads: 1);
    }

    private static void Check(byte[] bytes)
    {
        DefinitionReading reading = DefinitionReader.Parse(bytes, "pipeline.json");
        Assert.Equal(reading.Definition is null, reading.Problems.Count > 0);
        int lines = 1 + bytes.Count(each => each is (byte)'\n' or (byte)'\r');
        Assert.All(reading.Problems, problem =>
        {
            Assert.InRange(problem.Line, 1, lines);
            Assert.InRange(problem.Column, 1, bytes.Length + 1);
            Assert.False(string.IsNullOrWhiteSpace(problem.Message));
            Assert.DoesNotContain('\n', problem.ToString());
        });
    }

    private static byte[] Mutate(byte[] original, (int At, int Removed, int Piece)[] edits)
    {
        List<byte> bytes = [.. original];
        foreach ((int at, int removed, int piece) in edits)
        {
            int start = bytes.Count == 0 ? 0 : at % bytes.Count;
            bytes.RemoveRange(start, Math.Min(removed, bytes.Count - start));
            bytes.InsertRange(start, piece < 0 ? [0xff] : Encoding.UTF8.GetBytes(s_pieces[piece]));
        }

        return [.. bytes];
    }
}
