using System.Security.Cryptography;

namespace Recon.Review.Web;

/// <summary>The last answers to posts without script, each under an address of its own. Thread-safe.</summary>
internal sealed class KeptAnswers
{
    private const int Most = 8;

    private readonly Lock _gate = new();
    private readonly Queue<(string Name, PageAnswer Answer)> _answers = new();

    /// <returns>The name of the answer.</returns>
    public string Keep(PageAnswer answer)
    {
        string name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        lock (_gate)
        {
            _answers.Enqueue((name, answer));
            if (_answers.Count > Most)
            {
                _answers.Dequeue();
            }
        }

        return name;
    }

    /// <returns>The answer; <see langword="null"/> where it is not kept.</returns>
    public PageAnswer? Find(string? name)
    {
        lock (_gate)
        {
            return _answers.FirstOrDefault(each => each.Name == name).Answer;
        }
    }
}
