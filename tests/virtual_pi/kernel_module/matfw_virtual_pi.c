// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header of a Raspberry Pi that is not there: one GPIO chip with HX711 converters behind its
 * lines, for tests of matfw in a virtual machine.
 *
 * Nothing of the converters runs by itself. Every look at DOUT and every edge of SCK first makes up
 * for the conversions that have ended since, each at its own time; only a line whose interrupt is
 * in use has a timer. So a guest that nobody clocks costs nothing.
 *
 * Written from the datasheet (AVIA HX711 V2.0): 24 bits, most significant first, on the rising
 * edges of SCK; 25, 26 or 27 pulses choose the next conversion's input and gain; SCK high for
 * more than 60 us powers down, and the fall after that begins four conversions of settling; DOUT
 * falls when a conversion ends. Where it says nothing: a result that is replaced unread lifts
 * DOUT for 26 us, and a conversion that ends in mid-read drops the rest of the old result.
 *
 * /sys/kernel/debug/virtual_pi/
 *   control  write lines: "set CHIP KEY NUMBER", "input LINE 0|1|-1" (-1: as it is pulled),
 *            "play DELAY_MS", "stop", "clear"
 *   script   write int32 little-endian: period in us, then a count for each chip, frame by frame
 *   state    read: clock, script, a line for each chip and for each line that was an output
 *   edges    read: uint64 little-endian for each edge of an output: ns << 7 | line << 1 | level
 */

#include <linux/debugfs.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/pinctrl/pinconf-generic.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define LINES 58 /* of a BCM2711 */
#define MAX_CHIPS 8
#define DATA_PULSES 24
#define SETTLING 4 /* conversions; datasheet, "output settling time" */
#define UPDATE_HIGH_NS 26000 /* the CS1237's figure, of the same family */
#define MAX_COUNTS ((1 << 23) - 1)
#define MIN_COUNTS (-(1 << 23))
#define MAX_EDGES (1 << 20) /* two minutes of a tone of 4 kHz; 8 MB */
#define MAX_SCRIPT (16 << 20) /* bytes */
#define NOBODY (-1)

/* What is wrong with a chip's wires, as bits of its key "fault". */
#define SCK_CUT 1
#define DOUT_HIGH 2 /* torn off, with a pull-up; also a chip without power */
#define DOUT_LOW 4 /* shorted to ground */
#define FROZEN 8 /* the same result again and again, noise and all */
#define BRIDGE_CUT 16 /* the amplifier sits at a rail */

static int dout[MAX_CHIPS], sck[MAX_CHIPS];
static int dout_count, sck_count;
module_param_array(dout, int, &dout_count, 0444);
MODULE_PARM_DESC(dout, "the line of each converter's DOUT");
module_param_array(sck, int, &sck_count, 0444);
MODULE_PARM_DESC(sck, "the line of each converter's SCK, in the same order");
static bool keep_outputs = true;
module_param(keep_outputs, bool, 0644);
MODULE_PARM_DESC(keep_outputs, "an output that is given back keeps its level, as on some kernels");
static unsigned int revision = 0xc03111; /* Pi 4, 4 GB, 1.1 */
module_param(revision, uint, 0444);
MODULE_PARM_DESC(revision, "what /proc/device-tree/system/linux,revision says");

struct chip {
	/* knobs */
	long value, noise, rate_mhz, ppm, power_down_ns, fault;
	/* counters */
	u64 conversions, reads, bad_pulse_counts, power_downs, torn, unread, longest_high_ns;
	/* state */
	u64 next_ns, rise_ns, high_until_ns;
	u32 word, gain_shift;
	int pulses;
	bool has_result, level, sck_high, told;
	u64 rng;
	bool irq_on;
	struct hrtimer timer;
	struct irq_work fall;
};

struct line {
	bool output, level, is_counted, was_output;
	int driven; /* from outside: 0, 1, or -1 */
	bool pulled_up;
	u64 edges, high_ns, since_ns;
	int dout_of, sck_of;
	unsigned int irq_type;
	bool irq_on;
	struct irq_work edge;
};

static struct chip chips[MAX_CHIPS];
static struct line lines[LINES];
static struct gpio_chip header;
static DEFINE_RAW_SPINLOCK(lock);

static u64 *edges;
static u32 edge_count;
static u64 edges_lost;

static s32 *script; /* period, then frames of one count a chip */
static u32 script_frames;
static u64 script_start_ns;
static bool script_runs;

/* ---- converters ---- */

static u64 period_ns(const struct chip *chip)
{
	u64 slow = div64_u64(1000000000000ULL, chip->rate_mhz);

	return div64_u64(slow * 1000000ULL, 1000000LL + chip->ppm);
}

static u32 random32(struct chip *chip)
{
	chip->rng ^= chip->rng << 13;
	chip->rng ^= chip->rng >> 7;
	chip->rng ^= chip->rng << 17;
	return chip->rng >> 16;
}

/* Twelve uniform numbers less their mean are near enough to a Gaussian of unit variance. */
static long noise_of(struct chip *chip)
{
	long sum = -6 * 65536;
	int i;

	for (i = 0; i < 12; i++)
		sum += random32(chip) & 0xffff;
	return sum * chip->noise / 65536;
}

static long signal_at(const struct chip *chip, u64 t_ns)
{
	int index = chip - chips;
	u64 since_ns, period;
	u32 frame;
	s32 rest;
	long a, b;

	if (!script_runs || t_ns < script_start_ns)
		return chip->value;
	period = (u64)script[0] * 1000;
	since_ns = t_ns - script_start_ns;
	if (since_ns >= period * (script_frames - 1))
		return script[1 + (script_frames - 1) * dout_count + index];
	frame = div64_u64(since_ns, period);
	rest = div64_u64((since_ns - frame * period) * 1024, period);
	a = script[1 + frame * dout_count + index];
	b = script[1 + (frame + 1) * dout_count + index];
	return a + (b - a) * rest / 1024;
}

static void end_conversion(struct chip *chip, u64 t_ns)
{
	bool mid_read = chip->pulses > 0 && chip->pulses <= DATA_PULSES;
	long counts;

	chip->conversions++;
	if (chip->pulses >= 25 && chip->pulses <= 27) {
		/* channel B has nothing at it: shifted out altogether */
		chip->gain_shift = chip->pulses == 25 ? 0 : chip->pulses == 27 ? 1 : 24;
		chip->reads++;
	} else if (chip->pulses) {
		chip->bad_pulse_counts++;
		chip->torn += mid_read;
	} else if (chip->has_result) {
		chip->unread++;
	}
	if (!(chip->fault & FROZEN)) {
		counts = chip->fault & BRIDGE_CUT ? MAX_COUNTS : signal_at(chip, t_ns);
		counts = counts / (1L << chip->gain_shift) + noise_of(chip);
		chip->word = clamp_t(long, counts, MIN_COUNTS, MAX_COUNTS) & 0xffffff;
	}
	if (chip->has_result && chip->pulses <= DATA_PULSES)
		chip->high_until_ns = t_ns + UPDATE_HIGH_NS;
	chip->has_result = true;
	chip->pulses = 0;
	chip->level = false;
}

static void convert_until(struct chip *chip, u64 now)
{
	u64 period = period_ns(chip), surplus;

	if (chip->sck_high && now - chip->rise_ns > chip->power_down_ns)
		return; /* powered down: the fall of SCK begins anew */
	if (now < chip->next_ns)
		return;
	surplus = div64_u64(now - chip->next_ns, period);
	if (surplus > SETTLING) { /* of many only the last can matter */
		chip->next_ns += (surplus - SETTLING) * period;
		chip->conversions += surplus - SETTLING;
		chip->unread += surplus - SETTLING;
	}
	while (now >= chip->next_ns) {
		end_conversion(chip, chip->next_ns);
		chip->next_ns += period;
	}
}

static void restart(struct chip *chip, u64 now)
{
	chip->has_result = false;
	chip->pulses = 0;
	chip->level = true;
	chip->next_ns = now + SETTLING * period_ns(chip);
}

static bool dout_level(struct chip *chip, u64 now)
{
	bool level;

	convert_until(chip, now);
	level = chip->level || now < chip->high_until_ns;
	if (chip->sck_high && now - chip->rise_ns > chip->power_down_ns)
		level = true;
	if (chip->fault & DOUT_HIGH)
		level = true;
	if (chip->fault & DOUT_LOW)
		level = false;
	return level;
}

/* Whoever waits for an edge of DOUT hears of it here. */
static void tell_edge(struct chip *chip, u64 now)
{
	struct line *line = &lines[dout[chip - chips]];
	bool before = chip->told, level = dout_level(chip, now);

	chip->told = level;
	if (!line->irq_on || before == level)
		return;
	if (line->irq_type & (level ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING))
		irq_work_queue(&line->edge);
}

static void set_sck(struct chip *chip, bool level, u64 now)
{
	u64 high_ns;

	if (level == chip->sck_high || chip->fault & SCK_CUT)
		return;
	tell_edge(chip, now); /* of before */
	chip->sck_high = level;
	if (level) {
		chip->rise_ns = now;
		if (chip->has_result) {
			chip->pulses++;
			chip->level = chip->pulses > DATA_PULSES ||
				      chip->word >> (DATA_PULSES - chip->pulses) & 1;
		}
	} else {
		high_ns = now - chip->rise_ns;
		chip->longest_high_ns = max(chip->longest_high_ns, high_ns);
		if (high_ns > chip->power_down_ns) {
			chip->power_downs++;
			restart(chip, now);
		}
	}
	tell_edge(chip, now);
}

/*
 * Only a line whose interrupt is in use has a timer: it looks when the next conversion ends, and
 * when DOUT falls again that a replaced result has lifted.
 */
static enum hrtimer_restart on_conversion(struct hrtimer *timer)
{
	struct chip *chip = container_of(timer, struct chip, timer);
	unsigned long flags;
	u64 now, next;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_ns();
	tell_edge(chip, now);
	next = now < chip->high_until_ns ? chip->high_until_ns : chip->next_ns;
	next = max(next, now + 1000);
	raw_spin_unlock_irqrestore(&lock, flags);
	hrtimer_set_expires(timer, ns_to_ktime(next));
	return chip->irq_on ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static void on_edge(struct irq_work *work)
{
	struct line *line = container_of(work, struct line, edge);

	generic_handle_domain_irq(header.irq.domain, line - lines);
}

/* ---- lines ---- */

static void note_edge(struct line *line, bool level, u64 now)
{
	line->was_output = true;
	if (line->level)
		line->high_ns += now - line->since_ns;
	line->since_ns = now;
	if (line->level == level)
		return;
	line->edges++;
	if (edge_count < MAX_EDGES)
		edges[edge_count++] = now << 7 | (u64)(line - lines) << 1 | level;
	else
		edges_lost++;
}

static void drive(unsigned int offset, bool level, u64 now)
{
	struct line *line = &lines[offset];
	int i;

	if (line->sck_of != NOBODY) {
		for (i = 0; i < dout_count; i++) /* a clock wire may be shared */
			if (sck[i] == offset)
				set_sck(&chips[i], level, now);
	} else {
		note_edge(line, level, now);
	}
	line->level = level;
}

static bool look(unsigned int offset, u64 now)
{
	struct line *line = &lines[offset];

	if (line->output)
		return line->level;
	if (line->dout_of != NOBODY)
		return dout_level(&chips[line->dout_of], now);
	return line->driven == NOBODY ? line->pulled_up : line->driven;
}

static int header_get(struct gpio_chip *gc, unsigned int offset)
{
	unsigned long flags;
	bool level;

	raw_spin_lock_irqsave(&lock, flags);
	level = look(offset, ktime_get_ns());
	raw_spin_unlock_irqrestore(&lock, flags);
	return level;
}

static int header_get_multiple(struct gpio_chip *gc, unsigned long *mask, unsigned long *bits)
{
	unsigned long flags;
	unsigned int offset;
	u64 now;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_ns();
	for_each_set_bit(offset, mask, LINES)
		__assign_bit(offset, bits, look(offset, now));
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void header_set(struct gpio_chip *gc, unsigned int offset, int level)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	drive(offset, level, ktime_get_ns());
	raw_spin_unlock_irqrestore(&lock, flags);
}

static void header_set_multiple(struct gpio_chip *gc, unsigned long *mask, unsigned long *bits)
{
	unsigned long flags;
	unsigned int offset;
	u64 now;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_ns();
	for_each_set_bit(offset, mask, LINES)
		drive(offset, test_bit(offset, bits), now);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/* An input no longer drives: what hangs on the line sees the resistor to ground of the board. */
static int header_direction_input(struct gpio_chip *gc, unsigned int offset)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	if (lines[offset].output)
		drive(offset, false, ktime_get_ns());
	lines[offset].output = false;
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int header_direction_output(struct gpio_chip *gc, unsigned int offset, int level)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	lines[offset].output = true;
	drive(offset, level, ktime_get_ns());
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int header_get_direction(struct gpio_chip *gc, unsigned int offset)
{
	return lines[offset].output ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static void header_free(struct gpio_chip *gc, unsigned int offset)
{
	if (!keep_outputs)
		header_direction_input(gc, offset);
}

static int header_set_config(struct gpio_chip *gc, unsigned int offset, unsigned long config)
{
	switch (pinconf_to_config_param(config)) {
	case PIN_CONFIG_BIAS_PULL_UP:
		lines[offset].pulled_up = true;
		return 0;
	case PIN_CONFIG_BIAS_PULL_DOWN:
	case PIN_CONFIG_BIAS_DISABLE:
		lines[offset].pulled_up = false;
		return 0;
	default:
		return -ENOTSUPP;
	}
}

/* ---- interrupts ---- */

static void irq_mask(struct irq_data *data)
{
	irq_hw_number_t offset = irqd_to_hwirq(data);
	struct line *line = &lines[offset];

	line->irq_on = false;
	if (line->dout_of != NOBODY)
		chips[line->dout_of].irq_on = false; /* its timer ends by itself */
	gpiochip_disable_irq(&header, offset);
}

static void irq_unmask(struct irq_data *data)
{
	irq_hw_number_t offset = irqd_to_hwirq(data);
	struct line *line = &lines[offset];

	gpiochip_enable_irq(&header, offset);
	line->irq_on = true;
	if (line->dout_of != NOBODY) {
		struct chip *chip = &chips[line->dout_of];

		chip->irq_on = true;
		chip->told = dout_level(chip, ktime_get_ns());
		hrtimer_start(&chip->timer, ns_to_ktime(chip->next_ns), HRTIMER_MODE_ABS_HARD);
	}
}

static int irq_set_type(struct irq_data *data, unsigned int type)
{
	if (!(type & IRQ_TYPE_EDGE_BOTH) || type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	lines[irqd_to_hwirq(data)].irq_type = type;
	irq_set_handler_locked(data, handle_simple_irq);
	return 0;
}

static const struct irq_chip header_irq = {
	.name = "virtual_pi",
	.irq_mask = irq_mask,
	.irq_unmask = irq_unmask,
	.irq_set_type = irq_set_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

/* ---- control ---- */

static int set_key(struct chip *chip, const char *key, long number)
{
	const struct { const char *name; long *at; } keys[] = {
		{ "value", &chip->value }, { "noise", &chip->noise },
		{ "rate_mhz", &chip->rate_mhz }, { "ppm", &chip->ppm },
		{ "power_down_ns", &chip->power_down_ns }, { "fault", &chip->fault },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(key, keys[i].name))
			continue;
		if ((!strcmp(key, "rate_mhz") && number < 1000) ||
		    (!strcmp(key, "ppm") && (number < -500000 || number > 500000)))
			return -EINVAL;
		*keys[i].at = number;
		return 0;
	}
	return -EINVAL;
}

static int set_input(unsigned int offset, int level, u64 now)
{
	struct line *line = &lines[offset];
	bool before, after;

	before = look(offset, now);
	line->driven = level;
	after = look(offset, now);
	if (line->irq_on && before != after &&
	    line->irq_type & (after ? IRQ_TYPE_EDGE_RISING : IRQ_TYPE_EDGE_FALLING))
		irq_work_queue(&line->edge);
	return 0;
}

static void clear_counters(void)
{
	int i;

	for (i = 0; i < dout_count; i++) {
		struct chip *c = &chips[i];

		c->conversions = c->reads = c->bad_pulse_counts = c->power_downs = 0;
		c->torn = c->unread = c->longest_high_ns = 0;
	}
	for (i = 0; i < LINES; i++)
		lines[i].edges = lines[i].high_ns = 0;
	edge_count = 0;
	edges_lost = 0;
}

static int obey(const char *command)
{
	unsigned int index, delay_ms;
	char key[16];
	long number;
	int level, i;
	u64 now = ktime_get_ns();

	for (i = 0; i < dout_count; i++)
		convert_until(&chips[i], now); /* what is over is over */
	if (sscanf(command, "set %u %15s %ld", &index, key, &number) == 3)
		return index < dout_count ? set_key(&chips[index], key, number) : -EINVAL;
	if (sscanf(command, "input %u %d", &index, &level) == 2)
		return index < LINES && level >= -1 && level <= 1 ?
			set_input(index, level, now) : -EINVAL;
	if (sscanf(command, "play %u", &delay_ms) == 1) {
		if (!script_frames)
			return -ENODATA;
		script_start_ns = now + delay_ms * 1000000ULL;
		script_runs = true;
		return 0;
	}
	if (!strncmp(command, "stop", 4)) {
		script_runs = false;
		return 0;
	}
	if (!strncmp(command, "clear", 5)) {
		clear_counters();
		return 0;
	}
	return -EINVAL;
}

static ssize_t control_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char *text, *rest, *command;
	unsigned long flags;
	int error = 0;

	if (size > 4096)
		return -E2BIG;
	text = memdup_user_nul(from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	rest = text;
	while (!error && (command = strsep(&rest, "\n"))) {
		if (!*command)
			continue;
		raw_spin_lock_irqsave(&lock, flags);
		error = obey(command);
		raw_spin_unlock_irqrestore(&lock, flags);
	}
	kfree(text);
	return error ? error : size;
}

static const struct file_operations control_ops = {
	.owner = THIS_MODULE,
	.write = control_write,
};

/* The whole file in one write, or piece by piece from its beginning. */
static ssize_t script_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	unsigned long flags;

	if (*at + size > MAX_SCRIPT)
		return -EFBIG;
	raw_spin_lock_irqsave(&lock, flags);
	script_runs = false;
	script_frames = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
	if (copy_from_user((char *)script + *at, from, size))
		return -EFAULT;
	*at += size;
	if (*at / 4 > dout_count && script[0] > 0) {
		raw_spin_lock_irqsave(&lock, flags);
		script_frames = (*at / 4 - 1) / dout_count;
		raw_spin_unlock_irqrestore(&lock, flags);
	}
	return size;
}

static const struct file_operations script_ops = {
	.owner = THIS_MODULE,
	.write = script_write,
	.llseek = no_llseek,
};

static ssize_t edges_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return simple_read_from_buffer(to, size, at, edges, READ_ONCE(edge_count) * sizeof(u64));
}

static const struct file_operations edges_ops = {
	.owner = THIS_MODULE,
	.read = edges_read,
	.llseek = default_llseek,
};

static int state_show(struct seq_file *out, void *unused)
{
	unsigned long flags;
	u64 now;
	int i;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_ns();
	seq_printf(out, "now_ns=%llu script_start_ns=%llu script_frames=%u script_runs=%d edges_lost=%llu\n",
		   now, script_start_ns, script_frames, script_runs, edges_lost);
	for (i = 0; i < dout_count; i++) {
		struct chip *c = &chips[i];

		convert_until(c, now);
		seq_printf(out,
			   "chip=%d conversions=%llu reads=%llu unread=%llu bad_pulse_counts=%llu torn=%llu power_downs=%llu longest_high_ns=%llu fault=%ld last_counts=%d\n",
			   i, c->conversions, c->reads, c->unread, c->bad_pulse_counts, c->torn,
			   c->power_downs, c->longest_high_ns, c->fault,
			   (s32)(c->word << 8) >> 8);
	}
	for (i = 0; i < LINES; i++) {
		struct line *line = &lines[i];
		u64 high_ns = line->high_ns + (line->level ? now - line->since_ns : 0);

		if (line->was_output)
			seq_printf(out, "line=%d output=%d level=%d edges=%llu high_ns=%llu\n",
				   i, line->output, line->level, line->edges, high_ns);
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* ---- what else says that this is a Pi ---- */

static int model_show(struct seq_file *out, void *unused)
{
	seq_puts(out, "Raspberry Pi 4 Model B Rev 1.1");
	seq_putc(out, 0);
	return 0;
}

static int revision_show(struct seq_file *out, void *unused)
{
	__be32 word = cpu_to_be32(revision);

	seq_write(out, &word, sizeof(word));
	return 0;
}

static struct dentry *debug_folder;
static struct proc_dir_entry *tree;

static int look_like_a_pi(void)
{
	tree = proc_mkdir("device-tree", NULL);
	if (!tree)
		return -ENOMEM;
	proc_create_single("model", 0444, tree, model_show);
	if (proc_mkdir("system", tree))
		proc_create_single("system/linux,revision", 0444, tree, revision_show);
	return 0;
}

/* ---- module ---- */

static void prepare(u64 now)
{
	int i;

	for (i = 0; i < LINES; i++) {
		lines[i].driven = lines[i].dout_of = lines[i].sck_of = NOBODY;
		init_irq_work(&lines[i].edge, on_edge);
	}
	for (i = 0; i < dout_count; i++) {
		struct chip *chip = &chips[i];

		chip->rate_mhz = 80000;
		chip->power_down_ns = 60000;
		chip->rng = 0x9e3779b97f4a7c15ULL * (i + 1);
		lines[dout[i]].dout_of = i;
		lines[sck[i]].sck_of = i;
		hrtimer_init(&chip->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
		chip->timer.function = on_conversion;
		/* each began at another time, as oscillators do */
		restart(chip, now + i * 1700000ULL);
	}
}

static int __init virtual_pi_init(void)
{
	struct gpio_irq_chip *girq = &header.irq;
	int i, error;

	if (!dout_count || dout_count != sck_count)
		return -EINVAL;
	for (i = 0; i < dout_count; i++)
		if (dout[i] < 0 || dout[i] >= LINES || sck[i] < 0 || sck[i] >= LINES)
			return -EINVAL;
	edges = vzalloc(MAX_EDGES * sizeof(u64));
	script = vzalloc(MAX_SCRIPT);
	if (!edges || !script) {
		error = -ENOMEM;
		goto no_memory;
	}
	prepare(ktime_get_ns());
	header.label = "pinctrl-bcm2711";
	header.owner = THIS_MODULE;
	header.base = -1;
	header.ngpio = LINES;
	header.get = header_get;
	header.get_multiple = header_get_multiple;
	header.set = header_set;
	header.set_multiple = header_set_multiple;
	header.direction_input = header_direction_input;
	header.direction_output = header_direction_output;
	header.get_direction = header_get_direction;
	header.set_config = header_set_config;
	header.free = header_free;
	gpio_irq_chip_set_chip(girq, &header_irq);
	girq->handler = handle_simple_irq;
	girq->default_type = IRQ_TYPE_NONE;
	error = gpiochip_add_data(&header, NULL);
	if (error)
		goto no_memory;
	error = look_like_a_pi();
	if (error)
		goto no_tree;
	debug_folder = debugfs_create_dir("virtual_pi", NULL);
	debugfs_create_file("control", 0200, debug_folder, NULL, &control_ops);
	debugfs_create_file("script", 0200, debug_folder, NULL, &script_ops);
	debugfs_create_file("state", 0400, debug_folder, NULL, &state_fops);
	debugfs_create_file("edges", 0400, debug_folder, NULL, &edges_ops);
	return 0;

no_tree:
	gpiochip_remove(&header);
no_memory:
	vfree(edges);
	vfree(script);
	return error;
}

static void __exit virtual_pi_exit(void)
{
	int i;

	debugfs_remove_recursive(debug_folder);
	proc_remove(tree);
	gpiochip_remove(&header);
	for (i = 0; i < dout_count; i++)
		hrtimer_cancel(&chips[i].timer);
	for (i = 0; i < LINES; i++)
		irq_work_sync(&lines[i].edge);
	vfree(edges);
	vfree(script);
}

module_init(virtual_pi_init);
module_exit(virtual_pi_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A Raspberry Pi's header with HX711 converters, for tests of matfw");
