//! A sparse matrix by rows.

/// Rows of (index, amount).
#[derive(Debug)]
pub struct Sparse {
    /// The first entry of each row, and one past the last.
    start: Vec<u32>,
    index: Vec<u32>,
    amount: Vec<f64>,
}

impl Sparse {
    /// Without rows.
    pub fn new() -> Sparse {
        Sparse { start: vec![0], index: Vec::new(), amount: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl Iterator<Item = (u32, f64)>) {
        for (index, amount) in row {
            self.index.push(index);
            self.amount.push(amount);
        }
        self.start.push(self.index.len() as u32);
    }

    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.start[row] as usize..self.start[row + 1] as usize;
        let indices = self.index[range.clone()].iter().map(|index| *index as usize);
        indices.zip(self.amount[range].iter().copied())
    }

    pub fn rows(&self) -> usize {
        self.start.len() - 1
    }

    /// A row times a vector.
    pub fn times(&self, row: usize, values: &[f64]) -> f64 {
        self.row(row).map(|(index, amount)| amount * values[index]).sum()
    }

    /// The sum of a row.
    pub fn sum(&self, row: usize) -> f64 {
        self.row(row).map(|(_, amount)| amount).sum()
    }

    /// Its transpose, with so many rows.
    pub fn transposed(&self, rows: usize) -> Sparse {
        let mut start = vec![0; rows + 1];
        for index in &self.index {
            start[*index as usize + 1] += 1;
        }
        for row in 0..rows {
            start[row + 1] += start[row];
        }
        let mut next = start.clone();
        let mut index = vec![0; self.index.len()];
        let mut amount = vec![0.0; self.index.len()];
        for from in 0..self.rows() {
            for (row, value) in self.row(from) {
                let at = next[row] as usize;
                next[row] += 1;
                index[at] = from as u32;
                amount[at] = value;
            }
        }
        Sparse { start, index, amount }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transpose_has_the_same_entries() {
        let mut matrix = Sparse::new();
        matrix.push([(1, 2.0), (2, 3.0)].into_iter());
        matrix.push([].into_iter());
        matrix.push([(0, 5.0), (1, 7.0)].into_iter());
        let transposed = matrix.transposed(3);
        let rows: Vec<Vec<(usize, f64)>> =
            (0..3).map(|row| transposed.row(row).collect()).collect();
        assert_eq!(rows, [vec![(2, 5.0)], vec![(0, 2.0), (2, 7.0)], vec![(0, 3.0)]]);
        assert_eq!(matrix.times(0, &[1.0, 10.0, 100.0]), 320.0);
        assert_eq!(transposed.sum(1), 9.0);
    }
}
