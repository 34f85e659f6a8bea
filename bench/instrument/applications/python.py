"""What a small tool does: counts words, sorts, fills a table, prints a digest."""


class Account:
    def __init__(self, name):
        self.name = name
        self.entries = []

    def add(self, amount):
        self.entries.append(amount)
        return self

    @property
    def balance(self):
        return sum(self.entries)


def words(count):
    state = 42
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield "w%d" % (state >> 16 & 255)


def edit_distance(left, right):
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


counts = {}
for word in words(4000):
    counts[word] = counts.get(word, 0) + 1
ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
accounts = {name: Account(name) for name, _ in ranked}
for index, word in enumerate(words(4000)):
    accounts[word].add(index % 17 - 8)
table = {account.name: account.balance for account in accounts.values() if account.entries}
digest = 0
for name, balance in table.items():
    digest = (digest * 31 + len(name) + balance) % 1000003
print(ranked[:3], digest, edit_distance("skerries and tides" * 3, "a skerry in the tide" * 3))
