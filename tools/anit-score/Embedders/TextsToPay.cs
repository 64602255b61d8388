using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Tools.Score.Embedders;

/// <summary>What a table's texts will cost at a server, counted before the first one is sent: each distinct text once, those on disk not at
/// all.</summary>
/// <param name="server">Who will be asked.</param>
/// <param name="cached">The vectors on disk.</param>
sealed class TextsToPay(RemoteEmbedder server, CachedEmbedder cached)
{
    readonly HashSet<UInt128> seen = []; // of digests: a table's texts may be many
    long tokens, known; // no type of Anit.Remote in a field: this class is looked at where no server is named

    /// <summary>Counts a text.</summary>
    public void Add(string text)
    {
        if (!seen.Add(BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))))) return;
        if (cached.Has(text)) known++;
        else tokens += RemoteEmbeddings.Estimate([text]).Input;
    }

    /// <summary>Prints the sum.</summary>
    public void Show() => Bill.Show("texts", seen.Count - known, known, new(tokens, 0), server.Budget.Price);

    /// <summary>Refuses what is estimated to cost more than may be spent.</summary>
    public void Check() => Bill.Check(server.Budget, new(tokens, 0));
}
